import { readFileSync } from 'node:fs';
import { cleanEnv, EnvMissingError, makeValidator, type ValidatorSpec } from 'envalid';
import { decodeUtf8 } from '../text.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Thrown when settings are missing or wrong; its message names all of them, one a line. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The settings are not complete:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/**
 * A kind of setting of a service's own.
 * @param parse gives the value, or throws an Error whose message goes on from the setting's name: "must be …"
 */
export const validator = <T>(parse: (input: string) => T) => makeValidator<T>(parse);

/** A text that is not blank. */
export const text = validator((input) => {
  if (input.trim() === '') throw new Error('must not be empty');
  return input;
});

/** A whole number, at least 0. */
export const wholeNumber = validator((input) => {
  if (!/^\d{1,15}$/.test(input)) throw new Error(`must be a whole number, not "${input}"`);
  return Number(input);
});

/** A whole number of something that must be there. */
export const positiveNumber = validator((input) => {
  if (!/^[1-9]\d{0,14}$/.test(input)) throw new Error(`must be a whole number from 1, not "${input}"`);
  return Number(input);
});

/** A TCP port; 0 lets the system choose. */
export const port = validator((input) => {
  const value = Number(input);
  if (!/^\d{1,5}$/.test(input) || value > 65_535)
    throw new Error(`must be a port from 0 to 65535, not "${input}"`);
  return value;
});

/** An absolute URL; the value is never repeated in the error, for it may hold a password. */
export const url = validator((input) => readUrl(input, 'must be an absolute URL'));

function readUrl(input: string, rule: string): string {
  if (!URL.canParse(input)) throw new Error(rule);
  return input.replace(/\/$/, '');
}

/** What stands between the commas. */
export const itemsOf = (input: string): readonly string[] =>
  input
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

/** A comma-separated list. */
export const list = validator(itemsOf);

/** The absolute URLs of a service's instances, separated by commas; at least one. */
export const urls = validator((input) => {
  const rule = 'must be an absolute URL, or several separated by commas';
  const items = itemsOf(input);
  if (items.length === 0) throw new Error(rule);
  return items.map((item) => readUrl(item, rule));
});

/** `true`, `1`, `false` or `0`. */
export const flag = validator((input) => {
  if (!['true', '1', 'false', '0'].includes(input)) throw new Error(`must be true or false, not "${input}"`);
  return input === 'true' || input === '1';
});

/** So many in a time. */
export interface Rate {
  readonly points: number;
  /** In seconds. */
  readonly duration: number;
}

const unitSeconds = { s: 1, m: 60, h: 3_600 } as const;

/** A {@link Rate}: `100/15m` is 100 in 15 minutes. */
export const rate = validator<Rate>((input) => {
  const [, points, time, unit] = /^([1-9]\d{0,8})\/([1-9]\d{0,4})([smh])$/.exec(input) ?? [];
  if (unit === undefined) throw new Error(`must be so many in a time, such as 100/15m, not "${input}"`);
  return { points: Number(points), duration: Number(time) * unitSeconds[unit as keyof typeof unitSeconds] };
});

/** How one setting is read; what {@link text} and its like make. */
export type Setting<T> = ValidatorSpec<T>;

type Specs<C> = { [K in keyof C]: Setting<C[K]> };

/**
 * Reads a service's settings from its environment: `databaseUrl` from DATABASE_URL. An empty one counts as not given, as
 * Docker Compose passes on what is not set. For every setting `X`, `X_FILE` may name a file that has the value instead
 * (as Docker secrets do).
 * @param check names what is wrong with several settings together: "A must be … B"
 * @returns a frozen, typed object with the specified settings only
 * @throws ConfigError naming every missing and every wrong setting at once
 */
export function readSettings<C extends object>(
  environment: Environment,
  specs: Specs<C>,
  check: (settings: NoInfer<C>) => readonly string[] = () => [],
): Readonly<C> {
  const problems: string[] = [];
  const given: Record<string, string | undefined> = {};
  const specOf: Record<string, Setting<unknown>> = {};
  for (const [name, spec] of Object.entries<Setting<unknown>>(specs)) {
    const variable = variableOf(name);
    try {
      given[variable] = environment[variable] || contentOf(environment[`${variable}_FILE`]) || undefined;
      // What Node makes of bytes that are no text.
      if (given[variable]?.includes('\ufffd')) problems.push(`${variable} is not valid UTF-8`);
      specOf[variable] = spec;
    } catch (error) {
      problems.push(`${variable}_FILE cannot be read: ${(error as Error).message}`);
    }
  }
  const cleaned = cleanEnv(given, specOf, {
    reporter: ({ errors }) => {
      for (const [name, error] of Object.entries(errors) as [string, Error][]) {
        const { desc } = specOf[name] ?? {};
        const missing = `is missing${desc === undefined ? '' : ` (${desc})`}`;
        problems.push(`${name} ${error instanceof EnvMissingError ? missing : error.message}`);
      }
    },
  });
  if (problems.length > 0) throw new ConfigError(problems);
  const settings = Object.fromEntries(
    Object.keys(specs).map((name) => [name, cleaned[variableOf(name)]]),
  ) as C;
  const contradictions = check(settings);
  if (contradictions.length > 0) throw new ConfigError(contradictions);
  return Object.freeze(settings);
}

const contentOf = (file: string | undefined) => (file ? decodeUtf8(readFileSync(file)).trim() : undefined);

/** `databaseUrl` → DATABASE_URL */
export const variableOf = (name: string) => name.replace(/[A-Z]/g, '_$&').toUpperCase();

/**
 * Reads several groups of settings at once.
 * @throws ConfigError naming what is missing or wrong in any of them, so that one attempt is enough to correct them
 */
export function readTogether<R extends Record<string, (environment: Environment) => unknown>>(
  environment: Environment,
  readers: R,
): { readonly [K in keyof R]: ReturnType<R[K]> } {
  const problems: string[] = [];
  const read = Object.entries(readers).map(([name, reader]) => {
    try {
      return [name, reader(environment)];
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(...error.problems);
      return [name, undefined];
    }
  });
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.fromEntries(read);
}
