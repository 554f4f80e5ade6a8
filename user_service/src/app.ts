import {
  auditPartRoutes,
  checkWrites,
  createAuditTrail,
  createHttpService,
  createMetrics,
  createPeerToken,
  createPool,
  createTokenVerifier,
  type Logger,
  requireAdministrator,
  requireUser,
  schedule,
  watchPool,
  withAdvisoryLock,
} from '@shop/service-kit';
import { type RequestHandler, Router } from 'express';
import { createOrderClient } from './clients/order-client.ts';
import type { UserConfig } from './config.ts';
import { createAddressRepository } from './db/address-repository.ts';
import { createApiKeyRepository } from './db/api-key-repository.ts';
import { createAttemptLimits } from './db/attempt-limits.ts';
import { effectiveRole, storedRole } from './db/effective-role.ts';
import { createErasureRepository } from './db/erasure-repository.ts';
import { createLoginLimits } from './db/login-limits.ts';
import { createMailboxRepository } from './db/mailbox-repository.ts';
import { createOldGuestRepository } from './db/old-guest-repository.ts';
import { schema } from './db/schema.ts';
import { createSecondFactorRepository } from './db/second-factor-repository.ts';
import { createSessionRepository } from './db/session-repository.ts';
import { createUserRepository } from './db/user-repository.ts';
import { createDeviceTokens } from './domain/device-token.ts';
import { createSuccession } from './domain/refresh-token.ts';
import { createSeal } from './domain/seal.ts';
import { document } from './generated/openapi.ts';
import { createMail } from './mail.ts';
import { createErasureMetrics, createUserMetrics } from './metrics.ts';
import { addressRoutes } from './routes/address.routes.ts';
import { apiKeyRoutes } from './routes/api-key.routes.ts';
import { authRoutes } from './routes/authRoutes.routes.ts';
import { requireCurrent } from './routes/current-profile.ts';
import { guestRoutes } from './routes/guest.routes.ts';
import { jwksRoutes } from './routes/jwks.routes.ts';
import { mailRoutes } from './routes/mail.routes.ts';
import { meRoutes } from './routes/me.routes.ts';
import { secondFactorRoutes } from './routes/second-factor.routes.ts';
import { sessionRoutes } from './routes/session.routes.ts';
import { standingRoutes } from './routes/standing.routes.ts';
import { forgetErased } from './services/erasure.ts';
import { createEmailHash } from './services/login-audit.ts';
import { deleteOldGuests } from './services/old-guests.ts';
import { createPasswordPool, type Passwords } from './services/password-pool.ts';
import { renewSecondFactors } from './services/second-factor.ts';
import { requireNoDemoPassword, seedAccounts } from './services/seed-accounts.ts';
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
  const mail = createMail(config, { pool, metrics, logger });
  const audit = createAuditTrail({ logger, pool, days: config.auditDays, purgeMs: config.purgeMs });
  const role = effectiveRole(config.adminSecondFactor);
  const database = { pool, outbox: mail.outbox, audit, role };
  const users = createUserRepository(database);
  const { bcryptRounds: rounds, passwordsPerAddress: maxWaitingOfAddress } = config;
  const passwords = deps.passwords ?? createPasswordPool({ rounds, maxWaitingOfAddress, logger });
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
    loginLimits: createLoginLimits(pool, config.attemptLimits),
    devices: createDeviceTokens(config.jwtPrivateKey.privateKey),
    takeTurn: createTurns(),
    metrics: createUserMetrics(metrics.registry, passwords.waiting),
  };
  const orders = createOrderClient({
    urls: config.orderServiceUrl,
    token: () => createPeerToken(config.serviceSecrets, name, 'order_service'),
    metrics,
  });
  const oldGuests = { guests: createOldGuestRepository(pool, config.guestDays), orders, logger };
  const erasureDeps = { erasures: createErasureRepository(database), orders, logger };
  // Without order_service nobody is forgotten, nor deleted.
  if (config.orderServiceUrl.length > 0) {
    const account = erasureDeps.erasures.oldestWaitSeconds;
    const guest = oldGuests.guests.oldestWaitSeconds;
    createErasureMetrics(metrics.registry, { account, guest }, logger);
  }
  const addresses = createAddressRepository(pool);
  const apiKeys = createApiKeyRepository(database);
  const hashEmail = createEmailHash(config.jwtPrivateKey.privateKey);
  const sessions = createSessionRepository(database, config);
  const successorOf = createSuccession(config.jwtPrivateKey.privateKey);
  const secondFactors = {
    secondFactors: createSecondFactorRepository(database),
    seal: createSeal(config.serviceSecrets),
    issuer,
    logger,
  };
  const authDeps = {
    ...accounts,
    ...secondFactors,
    sessions,
    successorOf,
    verifier,
    signer,
    audit,
    hashEmail,
  };
  const auth = authRoutes(authDeps);
  const current = [requireUser(verifier), requireCurrent(users)];
  const mailboxes = createMailboxRepository(database);

  return createHttpService({
    config,
    logger,
    metrics,
    document,
    audit,
    observer: deps.observer,
    health: {
      alive: { database: () => !poolWatch.isStuck() },
      required: { postgres: () => checkWrites(pool) },
    },
    routes: [
      jwksRoutes(keys),
      guestRoutes(authDeps, config.guestDays),
      auth,
      Router().use('/auth', auth),
      Router().use(['/me', '/password', '/sessions', '/addresses'], ...current),
      meRoutes({ ...accounts, ...erasureDeps, addresses, sessions }),
      secondFactorRoutes({ ...accounts, ...secondFactors }),
      mailRoutes({ ...accounts, mailboxes, sendsMails: config.mail !== undefined }, current),
      sessionRoutes(authDeps),
      apiKeyRoutes(apiKeys, signer, current),
      standingRoutes(config.serviceSecrets, users),
      addressRoutes(addresses),
      auditPartRoutes(audit, document, [...current, requireAdministrator]),
    ],
    open: async (closeLater) => {
      closeLater('postgres', () => pool.end());
      closeLater('password threads', () => passwords.close());
      await renewSecondFactors(secondFactors);
      passwords.raiseCost(await users.highestPasswordCost());
      const seeds = { users: createUserRepository({ ...database, role: storedRole }), passwords, logger };
      await seedAccounts(config.seedAccounts, seeds);
      if (!config.shopDemo) await requireNoDemoPassword(seeds);
      closeLater('deletion of old attempts', schedule(config.purgeMs, limits.forgetOld, logger).stop);
      closeLater('deletion of old sessions', schedule(config.purgeMs, sessions.forgetOld, logger).stop);
      closeLater('deletion of old API keys', schedule(config.purgeMs, apiKeys.forgetOld, logger).stop);
      closeLater('deletion of old mails', schedule(config.purgeMs, mail.forgetOld, logger).stop);
      mail.start();
      closeLater('mails', mail.stop);
      if (config.orderServiceUrl.length === 0) return;
      const deletion = () =>
        withAdvisoryLock(pool, 'old guests of user_service', () => deleteOldGuests(oldGuests));
      closeLater('deletion of old guests', schedule(config.purgeMs, deletion, logger).stop);
      const erasure = () =>
        withAdvisoryLock(pool, 'erasure of user_service', () => forgetErased(erasureDeps));
      closeLater('erasure', schedule(config.purgeMs, erasure, logger).stop);
    },
    endWaiting: passwords.refuseWaiting,
  });
}
