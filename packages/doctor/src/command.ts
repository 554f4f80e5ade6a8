import { parseArgs } from 'node:util';
import type { CheckWindows } from './check-shop.ts';
import type { Finding, Report } from './report.ts';

const usage = `Looks for what contradicts docs/reliability.md: orders, stock, payments, events and the search index. It only reads.

  npx pnpm run doctor                  exit code 0: nothing found, 1: something is wrong, 2: it could not look
    --since 7d                         orders and events of that time; open orders whatever their age
    --settle 60s                       what has changed within that time is under way, and not judged
    --json                             the report as JSON
`;

type Terminal = Pick<NodeJS.Process, 'argv' | 'stdout' | 'stderr' | 'exitCode'>;

/** Runs the command, and sets the exit code. */
export async function runDoctor(
  host: Terminal,
  check: (windows: CheckWindows) => Promise<Report>,
): Promise<void> {
  try {
    const { help, json, ...windows } = readArguments(host.argv.slice(2));
    if (help) return void host.stdout.write(usage);
    const report = await check({ ...windows, onProgress: progressTo(host.stderr) });
    host.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : pageOf(report));
    host.exitCode = report.findings.length > 0 ? 1 : 0;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    host.stderr.write(`doctor: ${message || code}\nDoes the shop run? --help says how this is used.\n`);
    host.exitCode = 2;
  }
}

function readArguments(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      since: { type: 'string', default: '7d' },
      settle: { type: 'string', default: '60s' },
    },
  });
  const { since, settle, ...others } = values;
  return { ...others, sinceSeconds: readSeconds(since), settleSeconds: readSeconds(settle) };
}

const unitSeconds = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;

function readSeconds(given: string): number {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(given) ?? [];
  if (unit === undefined) throw new Error(`A time is a number and s, m, h or d, such as 7d, not "${given}".`);
  return Number(count) * unitSeconds[unit as keyof typeof unitSeconds];
}

const everyMs = 2_000;

/** A line now and then, for runs that take long. */
function progressTo(stream: Pick<NodeJS.WritableStream, 'write'>): (checked: Report['checked']) => void {
  let saidAt = performance.now();
  return (checked) => {
    if (performance.now() - saidAt < everyMs) return;
    saidAt = performance.now();
    stream.write(`looked at ${listed(checked)}\n`);
  };
}

const listed = (counts: Report['checked']) =>
  Object.entries(counts)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ') || 'nothing';

function pageOf({ findings, isCut, checked, underWay, notChecked }: Report): string {
  const lines = [
    ...findings.flatMap(linesOf),
    `Looked at ${listed(checked)}. Under way: ${listed(underWay)}.`,
    ...(notChecked.length > 0 ? [`Not looked at: ${notChecked.join('; ')}.`] : []),
    findings.length === 0
      ? 'Everything holds.'
      : `Found: ${findings.length}${isCut ? ', and there is more' : ''}.`,
  ];
  return lines.map((line) => `${printable(line)}\n`).join('');
}

function linesOf({ fault, invariant, orderNumber, productId, what, advice }: Finding): string[] {
  const order = orderNumber === undefined ? [] : [`order ${orderNumber}`];
  const product = productId === undefined ? [] : [`product ${productId}`];
  return [[`${invariant} ${fault}`, ...order, ...product, what].join('  '), `    ${advice}`];
}

/** What the data say must not move an operator's cursor. */
const printable = (text: string) => text.replace(/\p{Cc}+/gu, ' ');
