import type { Logger } from '@shop/service-kit';
import type { Continued, Device, SessionRepository } from '../db/session-repository.ts';
import { hashToken, newToken } from '../domain/random-token.ts';
import type { SuccessorOf } from '../domain/refresh-token.ts';
import { problem } from '../problems.ts';
import type { Authenticated } from './accounts.ts';

export interface SessionDeps {
  readonly sessions: SessionRepository;
  readonly successorOf: SuccessorOf;
  readonly logger: Logger;
}

export interface OpenSession extends Continued {
  readonly refreshToken: string;
}

/**
 * Starts a session of an account that its user has opened. When its hash has been replaced since, by another log-in for
 * instance that found it outdated, it must be opened again.
 * @throws Problem `invalid-credentials`
 */
export async function startSession(
  open: () => Promise<Authenticated>,
  device: Device,
  { sessions }: SessionDeps,
): Promise<OpenSession> {
  const refreshToken = newToken();
  for (const _try of [1, 2]) {
    const { account, passwordHash } = await open();
    const started = await sessions.start(account.id, passwordHash, hashToken(refreshToken), device);
    if (started === undefined) continue;
    const { id: sid, secondsLeft } = started;
    return { user: { ...account, sid }, secondsLeft, refreshToken };
  }
  throw problem('invalid-credentials');
}

/**
 * Exchanges a refresh token for its successor. One that comes again a moment later gets the same; later it is a copy, and
 * as nobody knows whose, the session ends.
 * @throws Problem `invalid-refresh-token`
 */
export async function refreshSession(
  token: string,
  device: Device,
  { sessions, successorOf, logger }: SessionDeps,
): Promise<OpenSession> {
  const refreshToken = successorOf(token);
  const successorHash = hashToken(refreshToken);
  const rotated = await sessions.rotate(hashToken(token), successorHash, device);
  if (rotated !== undefined) return { ...rotated, refreshToken };
  const used = await sessions.findUsed(hashToken(token));
  if (used === undefined) throw problem('invalid-refresh-token');
  const { isRepeat, ...session } = used;
  const { id: userId, sid } = session.user;
  if (isRepeat) {
    await sessions.addSuccessor(successorHash, sid);
    return { ...session, refreshToken };
  }
  const { address } = device;
  const details = { sessionId: sid };
  await sessions.endReused(sid, { kind: 'refresh-token-reused', userId, address, details });
  logger.warn(
    { userId, sessionId: sid, ...device },
    'a used refresh token was presented: its session is ended',
  );
  throw problem('invalid-refresh-token');
}
