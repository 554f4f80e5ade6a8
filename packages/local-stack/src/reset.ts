import { rm } from 'node:fs/promises';
import { join } from 'node:path';

/** What the stack keeps in its data folder. Only these are ever removed, whatever folder it was pointed at. */
const kept = ['postgres', 'secrets.json', 'fake-stripe.jsonl', 'shop.log.1'];

/** Forgets everything; no PostgreSQL may be running on the folder. */
export async function forgetData(dataDir: string): Promise<void> {
  await Promise.all(kept.map((name) => rm(join(dataDir, name), { recursive: true, force: true })));
}
