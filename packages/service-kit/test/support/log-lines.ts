import { createLogger, type Logger } from '@shop/service-kit';

export type LogLine = { level: number; msg: string; [field: string]: unknown };

/** A logger whose lines a test can read. */
export function recordLog(): { logger: Logger; lines: LogLine[]; text(): string } {
  const lines: LogLine[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  return {
    logger: createLogger({ name: 'test', level: 'trace', destination }),
    lines,
    text: () => lines.map((line) => JSON.stringify(line)).join('\n'),
  };
}
