import process from 'node:process';
import { openDeadLetters } from '../dead-letters/open.ts';
import { loadDotEnv } from '../dot-env.ts';
import { readTimeline } from './administrator.ts';
import { runExplain } from './command.ts';

try {
  loadDotEnv();
  await runExplain(process, {
    readTimeline: (orderNumber) => readTimeline(process.env, orderNumber),
    openDeadLetters: () => openDeadLetters(process.env, process.cwd()),
  });
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException;
  process.stderr.write(
    `explain: ${message || code}\nDoes the shop run, at SHOP_API_URL? --help says how this is used.\n`,
  );
  process.exitCode = 1;
}
// Not when all is quiet: after a time limit KafkaJS goes on retrying for a while.
process.exit();
