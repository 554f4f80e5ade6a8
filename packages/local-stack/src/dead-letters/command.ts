import type { DeadLetter, DeadLetters, DeadLettersDone } from '@shop/messaging';

const usage = `Events that no consumer could handle: of the running embedded shop, or of the Kafka that KAFKA_BROKERS names.

  npx pnpm dead-letters                  lists them, oldest first, and says how many there are
  npx pnpm dead-letters show ID          shows one with its headers and its message
  npx pnpm dead-letters redrive ID...    sends these to their consumers again
  npx pnpm dead-letters redrive --all    sends all of them again that hold a message
  npx pnpm dead-letters discard ID...    drops these for good
`;

/** Lines for the operator; what could not be done makes the command fail. */
interface Result {
  readonly lines: readonly string[];
  readonly failures?: readonly string[];
}

type Run = (letters: DeadLetters, ids: readonly string[]) => Promise<Result>;

const commands: Readonly<Record<string, Run>> = { list, show, redrive, discard };

/** @returns the exit code: 1 when some were refused, 2 when it was not understood. */
export async function runCommand(
  [name = 'list', ...ids]: readonly string[],
  open: () => Promise<DeadLetters>,
  { out, err }: Readonly<Record<'out' | 'err', (text: string) => void>>,
): Promise<number> {
  const run = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (run === undefined || (run !== list && ids.length === 0)) {
    out(usage);
    return name === 'help' || name === '--help' ? 0 : 2;
  }
  if (ids.includes('--all') && run === discard) {
    err('discard takes ids: look at each letter before you drop it.\n');
    return 2;
  }
  const letters = await open();
  try {
    const { lines, failures = [] } = await run(letters, ids);
    for (const line of lines) out(`${printable(line)}\n`);
    for (const line of failures) err(`${printable(line)}\n`);
    return failures.length > 0 ? 1 : 0;
  } finally {
    await letters.close();
  }
}

async function list(letters: DeadLetters): Promise<Result> {
  const { total, letters: found } = await letters.list();
  const shown = total > found.length ? `; these are the oldest ${found.length}` : '';
  const summary = total === 0 ? 'There are no dead letters.' : `Dead letters: ${total}${shown}.`;
  return { lines: [...found.map(lineOf), summary] };
}

async function show(letters: DeadLetters, ids: readonly string[]): Promise<Result> {
  const lines: string[] = [];
  const failures: string[] = [];
  for (const id of ids) {
    const letter = await letters.show(id);
    if (letter === undefined) failures.push(`${id}: there is no such dead letter, or it is done.`);
    else lines.push(...pageOf(letter));
  }
  return { lines, failures };
}

async function redrive(letters: DeadLetters, ids: readonly string[]): Promise<Result> {
  const done = await letters.redrive(ids.includes('--all') ? undefined : ids);
  return resultOf(done, `Sent again: ${done.count}. List in a moment to see what comes back.`);
}

async function discard(letters: DeadLetters, ids: readonly string[]): Promise<Result> {
  const done = await letters.discard(ids);
  return resultOf(done, `Discarded: ${done.count}.`);
}

const resultOf = ({ refused, passedOver }: DeadLettersDone, summary: string): Result => ({
  lines: [...passedOver.map(leftOf), summary],
  failures: refused.map(leftOf),
});

const leftOf = ({ id, why }: DeadLettersDone['refused'][number]) => `${id} is left as it is: ${why}`;

const typeOf = ({ event }: DeadLetter) => event.headers['ce_type'] ?? 'unknown type';

const withoutMessage = ({ messageAt }: DeadLetter) =>
  messageAt === undefined ? [] : [`holds no message${messageAt && `, see ${messageAt}`}`];

function lineOf(letter: DeadLetter): string {
  const { id, group, reason, attempts, failedAt, event } = letter;
  const what = `${event.topic} ${typeOf(letter)} ${event.key}`;
  // A letter of an earlier release does not say it.
  const tried = attempts > 0 ? [`tried ${attempts} ${attempts === 1 ? 'time' : 'times'}`] : [];
  return [id, failedAt.toISOString(), group, what, ...tried, ...withoutMessage(letter), reason].join('  ');
}

function pageOf(letter: DeadLetter): readonly string[] {
  const { id, group, reason, failedAt, event } = letter;
  return [
    `id: ${id}`,
    `failed: ${failedAt.toISOString()}, in ${group}`,
    `reason: ${reason}`,
    `topic: ${event.topic}`,
    `key: ${event.key}`,
    ...Object.entries(event.headers).map(([name, header]) => `${name}: ${header}`),
    '',
    ...withoutMessage(letter),
    ...event.value.toString('utf8').split('\n'),
  ];
}

/** What events say must not move an operator's cursor. */
const printable = (text: string) => text.replace(/\p{Cc}+/gu, ' ');
