import { parseArgs } from 'node:util';
import type { DeadLetters } from '@shop/messaging';

const usage = `Tells all that happened to an order, in every service, oldest first.

  npx pnpm explain ORDER
    --json                 as JSON

It logs in to the shop at SHOP_API_URL as the administrator: SEED_ADMIN_EMAIL, SEED_ADMIN_PASSWORD.
`;

interface Entry {
  readonly at: string;
  readonly service: string;
  readonly kind: string;
  readonly what: string;
  readonly eventId?: string;
  readonly traceId?: string;
}

interface Timeline {
  readonly orderNumber: string;
  readonly traceId: string | null;
  readonly items: readonly Entry[];
  readonly unavailable: readonly string[];
}

export interface ExplainDeps {
  /** What `GET /orders/:orderNumber/timeline` answers. @throws Error saying what to do */
  readonly readTimeline: (orderNumber: string) => Promise<unknown>;
  readonly openDeadLetters: () => Promise<DeadLetters>;
}

type Terminal = Pick<NodeJS.Process, 'argv' | 'stdout' | 'stderr' | 'exitCode'>;

/** Runs the command, and sets the exit code: 1 when something could not be read, 2 when it was not understood. */
export async function runExplain(host: Terminal, deps: ExplainDeps): Promise<void> {
  const { orderNumber, json, help } = readArguments(host.argv.slice(2));
  if (orderNumber === undefined) {
    host.stdout.write(usage);
    host.exitCode = help ? 0 : 2;
    return;
  }
  const timeline = (await deps.readTimeline(orderNumber)) as Timeline;
  const { letters, missing } = await readLetters(orderNumber, deps);
  const items = [...timeline.items, ...letters].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const whole = { ...timeline, items, unavailable: [...timeline.unavailable, ...missing] };
  host.stdout.write(json ? `${JSON.stringify(whole, null, 2)}\n` : pageOf(whole));
  host.exitCode = whole.unavailable.length > 0 ? 1 : 0;
}

function readArguments(args: readonly string[]) {
  try {
    const options = { json: { type: 'boolean' }, help: { type: 'boolean' } } as const;
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const [orderNumber, ...others] = positionals;
    return { ...values, orderNumber: others.length === 0 && !values.help ? orderNumber : undefined };
  } catch {
    return { orderNumber: undefined };
  }
}

const most = 100_000;

/** The services do not know their dead letters: an operator's command does. */
async function readLetters(orderNumber: string, { openDeadLetters }: ExplainDeps) {
  try {
    const deadLetters = await openDeadLetters();
    try {
      const { letters } = await deadLetters.list(most);
      return {
        letters: letters.filter(({ event }) => event.key === orderNumber).map(letterEntry),
        missing: [],
      };
    } finally {
      await deadLetters.close();
    }
  } catch {
    return { letters: [], missing: ['dead letters'] };
  }
}

function letterEntry({
  id,
  group,
  reason,
  failedAt,
  event,
}: Awaited<ReturnType<DeadLetters['list']>>['letters'][number]): Entry {
  const { ce_type: type = 'an event', ce_id: eventId } = event.headers;
  const what = `dead letter ${id}: ${type} on ${event.topic}: ${reason}`;
  return {
    at: failedAt.toISOString(),
    service: group,
    kind: 'dead-letter',
    what,
    ...(eventId && { eventId }),
  };
}

function pageOf({ orderNumber, traceId, items, unavailable }: Timeline): string {
  const lines = [
    `Order ${orderNumber}${traceId ? `, trace ${traceId}` : ''}`,
    ...items.map(({ at, service, kind, what, eventId, traceId: trace }) => {
      const ids = [eventId, trace && trace !== traceId ? `trace ${trace}` : undefined].filter((id) => id);
      return [at, service.padEnd(15), kind.padEnd(13), [what, ...ids].join('  ')].join('  ');
    }),
    ...(unavailable.length > 0 ? [`Not answered, so this is not all: ${unavailable.join(', ')}.`] : []),
  ];
  return lines.map((line) => `${printable(line)}\n`).join('');
}

/** What the data say must not move an operator's cursor. */
const printable = (text: string) => text.replace(/\p{Cc}+/gu, ' ');
