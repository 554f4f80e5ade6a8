// Runs in the worker threads of password-pool.ts: bcryptjs computes for a good part of a second.
import bcrypt from 'bcryptjs';
import { bcryptHashOf, bcryptInput, costOf, decoyHash } from '../domain/password-hash.ts';

export interface HashTask {
  readonly password: string;
  readonly rounds: number;
}

export const hash = ({ password, rounds }: HashTask): string => {
  const { input, prefix } = bcryptInput(password);
  return prefix + bcrypt.hashSync(input, rounds);
};

export interface CompareTask {
  readonly forms: readonly string[];
  readonly stored: string;
  /** At least that of the stored hash. Every comparison takes as long as one with a hash of this cost. */
  readonly cost: number;
}

/** @returns which of the forms of a password opens it, or -1 */
export const compare = ({ forms, stored, cost }: CompareTask): number =>
  forms.findIndex((form) => {
    const { input, prefix } = bcryptInput(form);
    const bcryptHash = bcryptHashOf(stored);
    const matches = bcrypt.compareSync(input, bcryptHash) && stored === prefix + bcryptHash;
    // 2^c, and 2^c + 2^(c+1) + ... + 2^(cost-1), are 2^cost together.
    for (let less = costOf(stored); less < cost; less++) bcrypt.compareSync(input, decoyHash(less));
    return matches;
  });
