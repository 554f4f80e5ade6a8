import type { DeadLettersDone, KafkaDeadLetter } from '@shop/messaging';
import type { Letters } from './letters.ts';

const usage = `Events that no consumer could handle: of the running embedded shop, or of the Kafka that KAFKA_BROKERS names.

  npx pnpm dead-letters                  lists them, oldest first, and says how many there are
  npx pnpm dead-letters redrive ID...    hands these over again
  npx pnpm dead-letters redrive --all    hands all over again
  npx pnpm dead-letters discard ID...    drops these for good, when nobody is to handle them any more
`;

export interface CommandOutput {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** @returns the exit code: 1 when some were refused, 2 when it was not understood. */
export async function runCommand(
  [command = 'list', ...which]: readonly string[],
  open: () => Promise<Letters>,
  { out, err }: CommandOutput,
): Promise<number> {
  const ids = which.includes('--all') ? undefined : which;
  const needsIds = command === 'discard' || command === 'redrive';
  if ((command !== 'list' && !needsIds) || (needsIds && which.length === 0)) {
    out(usage);
    return command === 'help' || command === '--help' ? 0 : 2;
  }
  if (command === 'discard' && ids === undefined) {
    err('discard takes ids: look at each letter before you drop it.\n');
    return 2;
  }
  const letters = await open();
  try {
    if (command === 'list') return await list(letters, out);
    const done = await (command === 'redrive' ? letters.redrive(ids) : letters.discard(ids ?? []));
    out(command === 'redrive' ? redriven(done) : `Discarded: ${done.count}.\n`);
    for (const { id, why } of done.refused) err(`${id} is left as it is: ${printable(why)}\n`);
    return done.refused.length > 0 ? 1 : 0;
  } finally {
    await letters.close();
  }
}

async function list(letters: Letters, out: (text: string) => void): Promise<number> {
  const { total, letters: found } = await letters.list();
  for (const letter of found) out(`${printable(lineOf(letter))}\n`);
  if (total === 0) out('There are no dead letters.\n');
  else if (total > found.length) out(`Dead letters: ${total}; these are the oldest ${found.length}.\n`);
  else out(`Dead letters: ${total}.\n`);
  return 0;
}

const redriven = ({ count }: DeadLettersDone) =>
  `Handed over again: ${count}. List in a moment to see what comes back.\n`;

function lineOf({ id, group, reason, failedAt, times, messageAt, event }: KafkaDeadLetter): string {
  const type = event.headers['ce_type'] ?? 'unknown type';
  return [
    id,
    failedAt,
    group,
    `${event.topic} ${type} ${event.key}`,
    ...(times > 1 ? [`${times} times`] : []),
    ...(messageAt !== undefined ? [`holds no message${messageAt && `, see ${messageAt}`}`] : []),
    reason,
  ].join('  ');
}

/** What events say must not move an operator's cursor. */
const printable = (text: string) => text.replace(/\p{Cc}+/gu, ' ');
