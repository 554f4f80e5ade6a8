import type { DeadLetter, DeadLetters, DeadLettersDone } from '@shop/messaging';

const usage = `Events that no consumer could handle: of the running embedded shop, or of the Kafka that KAFKA_BROKERS names.

  npx pnpm dead-letters                  lists them, oldest first, and says how many there are
  npx pnpm dead-letters show ID          shows one with its headers and its message
  npx pnpm dead-letters redrive ID...    sends these to their consumers again
  npx pnpm dead-letters redrive --all    sends all of them again
  npx pnpm dead-letters discard ID...    drops these for good
`;

export interface CommandOutput {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

type Run = (letters: DeadLetters, ids: readonly string[], output: CommandOutput) => Promise<number>;

const commands: Readonly<Record<string, Run>> = { list, show, redrive, discard };

/** @returns the exit code: 1 when some were refused, 2 when it was not understood. */
export async function runCommand(
  [name = 'list', ...ids]: readonly string[],
  open: () => Promise<DeadLetters>,
  output: CommandOutput,
): Promise<number> {
  const run = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (run === undefined || (run !== list && ids.length === 0)) {
    output.out(usage);
    return name === 'help' || name === '--help' ? 0 : 2;
  }
  if (ids.includes('--all') && run === discard) {
    output.err('discard takes ids: look at each letter before you drop it.\n');
    return 2;
  }
  const letters = await open();
  try {
    return await run(letters, ids, output);
  } finally {
    await letters.close();
  }
}

async function list(letters: DeadLetters, _ids: readonly string[], { out }: CommandOutput): Promise<number> {
  const { total, letters: found } = await letters.list();
  for (const letter of found) out(`${printable(lineOf(letter))}\n`);
  if (total === 0) out('There are no dead letters.\n');
  else if (total > found.length) out(`Dead letters: ${total}; these are the oldest ${found.length}.\n`);
  else out(`Dead letters: ${total}.\n`);
  return 0;
}

async function show(
  letters: DeadLetters,
  ids: readonly string[],
  { out, err }: CommandOutput,
): Promise<number> {
  let code = 0;
  for (const id of ids) {
    const letter = await letters.show(id);
    if (letter !== undefined) {
      for (const line of pageOf(letter)) out(`${printable(line)}\n`);
      continue;
    }
    err(`${printable(id)}: there is no such dead letter, or it is done.\n`);
    code = 1;
  }
  return code;
}

async function redrive(letters: DeadLetters, ids: readonly string[], output: CommandOutput): Promise<number> {
  const done = await letters.redrive(ids.includes('--all') ? undefined : ids);
  return report(done, `Sent again: ${done.count}. List in a moment to see what comes back.\n`, output);
}

async function discard(letters: DeadLetters, ids: readonly string[], output: CommandOutput): Promise<number> {
  const done = await letters.discard(ids);
  return report(done, `Discarded: ${done.count}.\n`, output);
}

function report({ refused }: DeadLettersDone, summary: string, { out, err }: CommandOutput): number {
  out(summary);
  for (const { id, why } of refused) err(`${printable(`${id} is left as it is: ${why}`)}\n`);
  return refused.length > 0 ? 1 : 0;
}

const typeOf = ({ event }: DeadLetter) => event.headers['ce_type'] ?? 'unknown type';

const withoutMessage = ({ messageAt }: DeadLetter) =>
  messageAt === undefined ? [] : [`holds no message${messageAt && `, see ${messageAt}`}`];

function lineOf(letter: DeadLetter): string {
  const { id, group, reason, failedAt, event } = letter;
  const what = `${event.topic} ${typeOf(letter)} ${event.key}`;
  return [id, failedAt.toISOString(), group, what, ...withoutMessage(letter), reason].join('  ');
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
