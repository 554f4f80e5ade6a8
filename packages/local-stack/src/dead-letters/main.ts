import { type Letters, openLetters } from './letters.ts';

const usage = `Events that no consumer could handle: of the running embedded shop, or of the Kafka that KAFKA_BROKERS names.

  npx pnpm dead-letters                 lists them, oldest first
  npx pnpm dead-letters redrive ID...   hands these over again
  npx pnpm dead-letters redrive --all   hands all over again
`;

async function list(letters: Letters): Promise<void> {
  const found = await letters.list();
  for (const { id, group, reason, failedAt, event } of found) {
    const type = event.headers['ce_type'] ?? 'unknown type';
    process.stdout.write(`${id}  ${failedAt}  ${group}  ${event.topic} ${type} ${event.key}  ${reason}\n`);
  }
  if (found.length === 0) process.stdout.write('There are no dead letters.\n');
}

async function redrive(letters: Letters, which: readonly string[]): Promise<void> {
  const count = await letters.redrive(which.includes('--all') ? undefined : which);
  process.stdout.write(`${count} are handed over again; list in a moment to see what comes back.\n`);
}

async function run([command = 'list', ...which]: readonly string[]): Promise<void> {
  if (command !== 'list' && (command !== 'redrive' || which.length === 0)) {
    process.stdout.write(usage);
    process.exitCode = command === 'help' || command === '--help' ? 0 : 2;
    return;
  }
  const letters = await openLetters(process.env, process.cwd());
  try {
    await (command === 'list' ? list(letters) : redrive(letters, which));
  } finally {
    await letters.close();
  }
}

try {
  await run(process.argv.slice(2));
} catch (error) {
  const why = (error as Error).message || (error as { code?: string }).code;
  process.stderr.write(`${why}\nDoes the shop run? Start it with: npx pnpm start\n`);
  process.exitCode = 1;
}
