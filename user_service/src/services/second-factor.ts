import type { Logger } from '@shop/service-kit';
import type { SecondFactorRepository } from '../db/second-factor-repository.ts';
import type { Account } from '../db/user-repository.ts';
import type { SecondFactorProof } from '../domain/account-input.ts';
import { hashRecoveryCode, newRecoveryCodes } from '../domain/recovery-code.ts';
import type { Seal, Sealed } from '../domain/seal.ts';
import { problem } from '../problems.ts';
import { type AccountDeps, authenticateAs, type Origin } from './accounts.ts';
import { describeTotp, newTotpSecret, stepOf } from './totp.ts';

export interface SecondFactorDeps {
  readonly secondFactors: SecondFactorRepository;
  readonly seal: Seal;
  /** By what name authenticator apps show the shop. */
  readonly issuer: string;
  readonly logger: Logger;
}

export async function readSecondFactor(userId: number, { secondFactors }: SecondFactorDeps) {
  const [found, recoveryCodesLeft] = await Promise.all([
    secondFactors.find(userId),
    secondFactors.countRecoveryCodes(userId),
  ]);
  return { enabled: found?.isConfirmed ?? false, recoveryCodesLeft };
}

/**
 * Makes a secret for the caller's authenticator app. Logging in needs no code of it before it is confirmed.
 * @throws Problem `second-factor-exists`, `invalid-credentials`, `too-many-attempts`, `busy`
 */
export async function proposeSecondFactor(
  account: Account,
  password: string,
  origin: Origin,
  deps: SecondFactorDeps & AccountDeps,
) {
  const { secondFactors, seal, issuer } = deps;
  await authenticateAs(account, password, origin, deps);
  const secret = newTotpSecret();
  if (!(await secondFactors.propose(account.id, seal.seal(account.id, secret))))
    throw problem('second-factor-exists');
  return describeTotp(secret, issuer, account.email);
}

/**
 * Confirms it by a code, and ends the caller's other sessions, which began without.
 * @param origin the session of which goes on
 * @returns the recovery codes, which nobody can read again
 * @throws Problem `second-factor-exists`, `second-factor-not-found`, `invalid-second-factor`
 */
export async function confirmSecondFactor(
  userId: number,
  code: string,
  { address, sid }: Origin,
  { secondFactors, seal }: SecondFactorDeps,
): Promise<readonly string[]> {
  const found = await secondFactors.find(userId);
  if (found === undefined) throw problem('second-factor-not-found');
  if (found.isConfirmed) throw problem('second-factor-exists');
  const step = stepOf(code, seal.open(userId, found), found.nowMs);
  if (step === undefined) throw problem('invalid-second-factor');
  const codes = newRecoveryCodes();
  const event = { kind: 'second-factor-added', userId, address, details: {} };
  const isDone = await secondFactors.confirm(userId, found, step, codes.map(hashRecoveryCode), sid, event);
  if (!isDone) throw problem('second-factor-exists');
  return codes;
}

/** @throws Problem `second-factor-not-found`, `invalid-credentials`, `too-many-attempts`, `busy` */
export async function removeSecondFactor(
  account: Account,
  password: string,
  origin: Origin,
  deps: SecondFactorDeps & AccountDeps,
): Promise<void> {
  await authenticateAs(account, password, origin, deps);
  const event = { kind: 'second-factor-removed', userId: account.id, address: origin.address, details: {} };
  if (!(await deps.secondFactors.remove(account.id, event))) throw problem('second-factor-not-found');
}

/**
 * Lets a user in whose password is right, and who has no second factor or proves it. A code is taken once.
 * @throws Problem `second-factor-required`, `invalid-second-factor`
 */
export async function requireSecondFactor(
  userId: number,
  { totp, recoveryCode }: SecondFactorProof,
  { secondFactors, seal, logger }: SecondFactorDeps,
): Promise<void> {
  const found = await secondFactors.find(userId);
  if (!found?.isConfirmed) return;
  if (recoveryCode !== undefined) {
    if (!(await secondFactors.takeRecoveryCode(userId, hashRecoveryCode(recoveryCode))))
      throw problem('invalid-second-factor');
    logger.warn({ userId }, 'a recovery code was used');
  } else {
    if (totp === undefined) throw problem('second-factor-required');
    const step = stepOf(totp, seal.open(userId, found), found.nowMs);
    if (step === undefined || !(await secondFactors.takeStep(userId, step)))
      throw problem('invalid-second-factor');
  }
}

/** Encrypts all with the first of SERVICE_SECRETS, so that another one can be taken away. */
export async function renewSecondFactors({
  secondFactors,
  seal,
}: Pick<SecondFactorDeps, 'secondFactors' | 'seal'>): Promise<void> {
  const renewed = (userId: number, old: Sealed) => seal.seal(userId, seal.open(userId, old));
  while (seal.olderKeyIds.length > 0 && (await secondFactors.renew(seal.olderKeyIds, renewed)));
}
