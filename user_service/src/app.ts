import {
  createHttpApp,
  createHttpServer,
  createMetrics,
  createPool,
  createReleasers,
  createTokenVerifier,
  type Logger,
  type Service,
  watchPool,
} from '@shop/service-kit';
import { type Express, type RequestHandler, Router } from 'express';
import type { UserConfig } from './config.ts';
import { createAttemptLimits } from './db/attempt-limits.ts';
import { schema } from './db/schema.ts';
import { createUserRepository } from './db/user-repository.ts';
import { document } from './generated/openapi.ts';
import { createUserMetrics } from './metrics.ts';
import { authRoutes } from './routes/authRoutes.routes.ts';
import { jwksRoutes } from './routes/jwks.routes.ts';
import { createLocalKeys } from './services/local-keys.ts';
import { createPasswordPool, type Passwords } from './services/password-pool.ts';
import { seedAccounts } from './services/seed-accounts.ts';
import { createTurns } from './services/turns.ts';

export interface UserServiceDeps {
  readonly logger: Logger;
  readonly passwords?: Passwords;
  /** Sees every request first: how tests hold the replies against `openapi.yaml`. */
  readonly observer?: RequestHandler;
}

const name = 'user_service';
const forgetEveryMs = 10 * 60_000;

export function createUserService(
  config: UserConfig,
  deps: UserServiceDeps,
): Service & { readonly app: Express } {
  const { logger } = deps;
  const releasers = createReleasers(logger);
  let draining = false;

  const metrics = createMetrics(name);
  const pool = createPool({ url: config.databaseUrl, name, schema, logger, metrics });
  const poolWatch = watchPool(pool);
  const users = createUserRepository(pool);
  const passwords = deps.passwords ?? createPasswordPool({ rounds: config.bcryptRounds, logger });
  const limits = createAttemptLimits(pool, config.attemptLimits);
  const keys = [config.signingKey, ...config.furtherKeys];
  const { jwtIssuer: issuer, jwtAudience: audience } = config;
  const verifier = createTokenVerifier({ keys: createLocalKeys(keys), issuer, audience });
  const signer = { ...config.signingKey, issuer, audience };

  const accounts = {
    users,
    passwords,
    limits,
    takeTurn: createTurns(),
    metrics: createUserMetrics({ registry: metrics.registry, passwordsWaiting: passwords.waiting }),
  };
  const auth = authRoutes({ ...accounts, verifier, signer });
  const app = createHttpApp({
    logger,
    metrics,
    health: {
      alive: { database: () => !poolWatch.isStuck() },
      required: { postgres: () => pool.query('SELECT 1') },
      draining: () => draining,
    },
    corsOrigins: config.corsOrigins,
    trustProxy: config.trustProxy,
    routes: [jwksRoutes(keys), auth, Router().use('/auth', auth)],
    document,
    observer: deps.observer,
  });
  const server = createHttpServer({ app, port: config.port, host: config.host });

  const forgetOld = () =>
    limits.forgetOld().catch((error) => logger.warn({ err: error }, 'old attempts could not be deleted'));

  const open = async () => {
    releasers.add('postgres', () => pool.end());
    releasers.add('password threads', () => passwords.close());
    await seedAccounts(config.seedAccounts, { users, passwords, logger });
    const timer = setInterval(forgetOld, forgetEveryMs).unref();
    releasers.add('clean-up of attempts', () => clearInterval(timer));
    releasers.add('http server', () => server.stop());
    return { port: await server.start() };
  };

  const stop = async () => {
    draining = true;
    await releasers.releaseAll();
  };

  const start = () =>
    open().catch(async (error) => {
      await stop();
      throw error;
    });

  return { app, start, stop };
}
