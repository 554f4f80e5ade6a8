import { type DestinationStream, type Logger, pino, stdSerializers, stdTimeFunctions } from 'pino';
import { validator } from './config/settings.ts';
import { createLogDestination, type LogDestination } from './log-destination.ts';
import { currentTrace } from './tracing/trace.ts';

export type { Logger } from 'pino';

export interface LoggerOptions {
  /** The service's name; a field of every line. */
  readonly name: string;
  /** pino's levels; `silent` in tests. */
  readonly level?: string;
  readonly destination?: DestinationStream;
}

const levels = [...Object.keys(pino.levels.values), 'silent'];

/** One of pino's levels, or `silent`. */
export const logLevel = validator((input) => {
  if (!levels.includes(input)) throw new Error(`must be one of ${levels.join(', ')}, not "${input}"`);
  return input;
});

const secrets = [
  'password',
  'passwordHash',
  'token',
  'refreshToken',
  'deviceToken',
  'secret',
  'authorization',
  'cookie',
  'set-cookie',
];

/** JSON lines on standard output, with the id of the current request or event and without secrets. */
export function createLogger({ name, level = 'info', destination }: LoggerOptions): Logger {
  return pino(
    {
      name,
      level,
      timestamp: stdTimeFunctions.isoTime,
      serializers: { err: describeError },
      redact: secrets.flatMap((key) => [`["${key}"]`, `*["${key}"]`, `*.*["${key}"]`]),
      mixin: () => {
        const trace = currentTrace();
        return trace === undefined
          ? {}
          : { requestId: trace.requestId, traceId: trace.traceparent.slice(3, 35) };
      },
    },
    destination ?? standardOutput(),
  );
}

let ownOutput: LogDestination | undefined;

/** One for all loggers of the process. */
function standardOutput(): LogDestination {
  ownOutput ??= createLogDestination(1);
  return ownOutput;
}

/** How many lines of a logger, and of those that write to the same place, could not be written. */
export function droppedLines(logger: Logger): number {
  const { [pino.symbols.streamSym]: stream } = logger as unknown as Record<symbol, Partial<LogDestination>>;
  return stream?.dropped?.() ?? 0;
}

const longestText = 8_000;

/**
 * An error's type, message, stack and plain properties (codes and the like). What libraries hang on it besides is whole
 * requests, with all that was in them.
 */
function describeError(error: Error): object {
  const { aggregateErrors, ...described } = stdSerializers.err(error);
  const plain = Object.entries(described).filter(([, value]) => typeof value !== 'object');
  const texts = plain.map(([key, value]) => [
    key,
    typeof value === 'string' ? value.slice(0, longestText) : value,
  ]);
  const several = aggregateErrors?.map(
    (one: { type: string; message: string }) => `${one.type}: ${one.message}`,
  );
  return { ...Object.fromEntries(texts), ...(several && { several }) };
}
