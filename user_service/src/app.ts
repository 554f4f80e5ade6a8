import {
  checkWrites,
  createHttpService,
  createMetrics,
  createPool,
  createTokenVerifier,
  type Logger,
  schedule,
  watchPool,
} from '@shop/service-kit';
import { type RequestHandler, Router } from 'express';
import type { UserConfig } from './config.ts';
import { createAttemptLimits } from './db/attempt-limits.ts';
import { schema } from './db/schema.ts';
import { createUserRepository } from './db/user-repository.ts';
import { document } from './generated/openapi.ts';
import { createUserMetrics } from './metrics.ts';
import { authRoutes } from './routes/authRoutes.routes.ts';
import { jwksRoutes } from './routes/jwks.routes.ts';
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

export function createUserService(config: UserConfig, deps: UserServiceDeps) {
  const { logger } = deps;
  const metrics = createMetrics(name);
  const pool = createPool({ url: config.databaseUrl, name, schema, logger, metrics });
  const poolWatch = watchPool(pool);
  const users = createUserRepository(pool);
  const passwords = deps.passwords ?? createPasswordPool({ rounds: config.bcryptRounds, logger });
  const limits = createAttemptLimits(pool, config.attemptLimits);
  const keys = [config.jwtPrivateKey, ...config.jwtPublicKeys];
  const { jwtIssuer: issuer, jwtAudience: audience } = config;
  // Its own keys: it does not ask itself over HTTP.
  const find = async (keyId: string) => keys.find((key) => key.keyId === keyId)?.key;
  const verifier = createTokenVerifier({ keys: { find }, issuer, audience });
  const signer = { ...config.jwtPrivateKey, issuer, audience };

  const accounts = {
    users,
    passwords,
    limits,
    takeTurn: createTurns(),
    metrics: createUserMetrics(metrics.registry, passwords.waiting),
  };
  const auth = authRoutes({ ...accounts, verifier, signer });

  return createHttpService({
    config,
    logger,
    metrics,
    document,
    observer: deps.observer,
    health: {
      alive: { database: () => !poolWatch.isStuck() },
      required: { postgres: () => checkWrites(pool) },
    },
    routes: [jwksRoutes(keys), auth, Router().use('/auth', auth)],
    open: async (closeLater) => {
      closeLater('postgres', () => pool.end());
      closeLater('password threads', () => passwords.close());
      await seedAccounts(config.seedAccounts, { users, passwords, logger });
      closeLater('deletion of old attempts', schedule(config.purgeMs, limits.forgetOld, logger).stop);
    },
    endWaiting: passwords.refuseWaiting,
  });
}
