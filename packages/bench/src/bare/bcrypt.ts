import process from 'node:process';
import { parentPort } from 'node:worker_threads';
import bcrypt from 'bcryptjs';

/** Compares passwords one after the other, and says so after each: what one thread can do and no more. */
const hash = bcrypt.hashSync('a password of some length', Number(process.env['BCRYPT_ROUNDS'] ?? 12));
for (;;) {
  bcrypt.compareSync('a password of some length', hash);
  parentPort?.postMessage('compared');
}
