// Runs in the worker threads of password-pool.ts: bcryptjs computes for a good part of a second.
import bcrypt from 'bcryptjs';

export const hash = ({ password, rounds }: { password: string; rounds: number }): string =>
  bcrypt.hashSync(password, rounds);

export const matches = ({ password, hash }: { password: string; hash: string }): boolean =>
  bcrypt.compareSync(password, hash);
