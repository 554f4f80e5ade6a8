import { createDeadLetterStore, type DeadLetterStore } from '@shop/messaging';
import { createLogger, createPool } from '@shop/service-kit';
import { createStackDatabase } from '../database.ts';
import { keepSecrets } from '../secrets.ts';
import { readStackSettings } from '../settings.ts';

const usage = `Events that no consumer could handle, of the running embedded stack.

  npx pnpm dead-letters                 lists them, oldest first
  npx pnpm dead-letters redrive 3 5     hands these over again
  npx pnpm dead-letters redrive --all   hands all over again
`;

async function list(letters: DeadLetterStore): Promise<void> {
  const found = await letters.list();
  for (const { id, group, reason, failedAt, event } of found) {
    const type = event.headers['ce_type'] ?? 'unknown type';
    process.stdout.write(
      `${id}  ${failedAt.toISOString()}  ${group}  ${event.topic} ${type} ${event.key}  ${reason}\n`,
    );
  }
  if (found.length === 0) process.stdout.write('There are no dead letters.\n');
}

async function redrive(letters: DeadLetterStore, which: readonly string[]): Promise<void> {
  const ids = which.includes('--all') ? undefined : which.map(Number);
  const count = await letters.requestRedrive(ids);
  process.stdout.write(
    `${count} will be handed over again within a second or two; list to see what comes back.\n`,
  );
}

async function run([command = 'list', ...which]: readonly string[]): Promise<void> {
  const wellFormed =
    command === 'list' || (command === 'redrive' && /^(--all|\d+(,\d+)*)$/.test(which.join(',')));
  if (!wellFormed) {
    process.stdout.write(usage);
    process.exitCode = command === 'help' || command === '--help' ? 0 : 2;
    return;
  }
  const settings = readStackSettings(process.env, process.cwd());
  const url = createStackDatabase(settings, await keepSecrets(settings.dataDir)).url('messaging');
  const logger = createLogger({ name: 'dead-letters', level: 'silent' });
  const pool = createPool({ url, name: 'dead-letters', schema: 'messaging', logger, max: 1 });
  try {
    const letters = createDeadLetterStore(pool);
    await (command === 'list' ? list(letters) : redrive(letters, which));
  } finally {
    await pool.end();
  }
}

try {
  await run(process.argv.slice(2));
} catch (error) {
  process.stderr.write(
    `${(error as Error).message || (error as { code?: string }).code}\nDoes the shop run? Start it with: npx pnpm start\n`,
  );
  process.exitCode = 1;
}
