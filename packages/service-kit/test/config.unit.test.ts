import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ConfigError,
  type Environment,
  flag,
  list,
  port,
  positiveNumber,
  readSettings,
  text,
  url,
  validator,
  wholeNumber,
} from '@shop/service-kit';

const specs = {
  port: port({ default: 9000 }),
  databaseUrl: url({ desc: 'a PostgreSQL server' }),
  jwtIssuer: text({ default: 'shop' }),
  corsOrigins: list({ default: [] }),
  maxStreams: wholeNumber({ default: 0 }),
  shopDemo: flag({ default: false }),
};
const databaseUrl = 'postgresql://shop:s3cret@db/shop';
const read = (environment: Environment) => readSettings(environment, specs);

function problemsOf(environment: Environment): readonly string[] {
  try {
    read(environment);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).problems;
  }
  throw new Error('the settings were accepted');
}

it('reads what is given, takes defaults for the rest, and nothing that was not asked for', () => {
  const settings = read({
    DATABASE_URL: databaseUrl,
    CORS_ORIGINS: 'https://a.test, https://b.test,',
    MAX_STREAMS: '1',
    SHOP_DEMO: '1',
    PATH: '/bin',
  });
  expect(settings).toEqual({
    port: 9000,
    databaseUrl: databaseUrl,
    jwtIssuer: 'shop',
    corsOrigins: ['https://a.test', 'https://b.test'],
    maxStreams: 1,
    shopDemo: true,
  });
  expect(Object.isFrozen(settings)).toBe(true);
});

it('names everything that is missing or wrong at once', () => {
  const problems = problemsOf({ PORT: '70000', JWT_ISSUER: ' ', MAX_STREAMS: '-1', SHOP_DEMO: 'perhaps' });
  expect([...problems].sort()).toEqual([
    'DATABASE_URL is missing (a PostgreSQL server)',
    'JWT_ISSUER must not be empty',
    'MAX_STREAMS must be a whole number, not "-1"',
    'PORT must be a port from 0 to 65535, not "70000"',
    'SHOP_DEMO must be true or false, not "perhaps"',
  ]);
  expect(() => read({})).toThrow(/^The settings are not complete:\n {2}- DATABASE_URL is missing/);
});

it.each(['0', '-1', '1.5', ''])('refuses %j as a number of what must be there', (given) => {
  expect(() => readSettings({ TURNS: given }, { turns: positiveNumber() })).toThrow(/TURNS/);
});

it.each(['1.5', '0x10', '1e3', ' 1', 'ten', '9'.repeat(16)])('refuses %j as a number', (given) => {
  expect(problemsOf({ DATABASE_URL: databaseUrl, MAX_STREAMS: given })).toHaveLength(1);
  expect(problemsOf({ DATABASE_URL: databaseUrl, PORT: given })).toHaveLength(1);
});

it.each([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
])('reads the flag %j', (given, value) => {
  expect(read({ DATABASE_URL: databaseUrl, SHOP_DEMO: given }).shopDemo).toBe(value);
});

it('takes what is empty for not given, as Docker Compose hands it on', () => {
  const empty = { PORT: '', JWT_ISSUER: '', CORS_ORIGINS: '', MAX_STREAMS: '', SHOP_DEMO: '' };
  expect(read({ ...empty, DATABASE_URL: databaseUrl })).toEqual(read({ DATABASE_URL: databaseUrl }));
  expect(problemsOf({ ...empty, DATABASE_URL: '' })).toEqual([
    'DATABASE_URL is missing (a PostgreSQL server)',
  ]);
});

it('takes rules of a service’s own, and names what breaks them with all else', () => {
  const currency = validator((input) => {
    if (!/^[a-z]{3}$/.test(input)) throw new Error('must be three letters');
    return { code: input };
  });
  const own = { currency: currency({ default: { code: 'usd' } }), port: port() };
  expect(readSettings({ CURRENCY: 'eur', PORT: '1' }, own)).toEqual({ currency: { code: 'eur' }, port: 1 });
  expect(readSettings({ PORT: '1' }, own).currency).toEqual({ code: 'usd' });
  expect(() => readSettings({ CURRENCY: 'EURO', PORT: 'x' }, own)).toThrow(
    'The settings are not complete:\n  - CURRENCY must be three letters\n  - PORT must be a port',
  );
});

it('names settings that contradict each other, once each of them is right', () => {
  const check = ({ first, second }: { first: number; second: number }) =>
    first > second ? ['FIRST must be at most SECOND'] : [];
  const both = { first: wholeNumber(), second: wholeNumber() };
  expect(readSettings({ FIRST: '1', SECOND: '2' }, both, check)).toEqual({ first: 1, second: 2 });
  expect(() => readSettings({ FIRST: '2', SECOND: '1' }, both, check)).toThrow(
    'FIRST must be at most SECOND',
  );
  expect(() => readSettings({ FIRST: '2', SECOND: 'x' }, both, check)).toThrow(
    'SECOND must be a whole number',
  );
});

it('takes the slash off the end of a URL, so that paths can be added', () => {
  expect(read({ DATABASE_URL: 'http://catalog:8000/' }).databaseUrl).toBe('http://catalog:8000');
});

it('never repeats a URL in its message: it may hold a password', () => {
  const [problem] = problemsOf({ DATABASE_URL: 'postgresql//shop:s3cret@db' });
  expect(problem).toBe('DATABASE_URL must be an absolute URL');
});

it('names a setting whose bytes are no text, as Node gives it', () => {
  expect(problemsOf({ DATABASE_URL: 'postgresql://caf\ufffd@db/shop' })).toEqual([
    'DATABASE_URL is not valid UTF-8',
  ]);
});

describe('with X_FILE for X', () => {
  let folder: string;
  const file = async (name: string, content: string) => {
    await writeFile(join(folder, name), content);
    return join(folder, name);
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'settings-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('reads the value from the file, without the line end', async () => {
    const environment = { DATABASE_URL_FILE: await file('url', `${databaseUrl}\n`) };
    expect(read(environment).databaseUrl).toBe(databaseUrl);
  });

  it('prefers the value itself', async () => {
    const environment = { DATABASE_URL: databaseUrl, DATABASE_URL_FILE: await file('other', 'http://other') };
    expect(read(environment).databaseUrl).toBe(databaseUrl);
  });

  it('takes an empty one for not given', async () => {
    const [empty, full] = [await file('empty', '\n'), await file('full', databaseUrl)];
    expect(problemsOf({ DATABASE_URL: '', DATABASE_URL_FILE: empty })).toHaveLength(1);
    expect(problemsOf({ DATABASE_URL_FILE: '' })).toEqual(['DATABASE_URL is missing (a PostgreSQL server)']);
    expect(read({ DATABASE_URL: '', DATABASE_URL_FILE: full }).databaseUrl).toBe(databaseUrl);
  });

  it('names a file that cannot be read, and nothing else for it', () => {
    expect(problemsOf({ DATABASE_URL_FILE: join(folder, 'nowhere') })).toEqual([
      expect.stringMatching(/^DATABASE_URL_FILE cannot be read: ENOENT/),
    ]);
  });

  it('names one whose bytes are no text', async () => {
    const name = join(folder, 'latin1');
    await writeFile(name, Buffer.from('postgresql://caf\xe9@db/shop', 'latin1'));
    expect(problemsOf({ DATABASE_URL_FILE: name })).toEqual([
      'DATABASE_URL_FILE cannot be read: it is not valid UTF-8',
    ]);
  });

  it('does not repeat what is in it', async () => {
    const [problem] = problemsOf({ DATABASE_URL_FILE: await file('wrong', 's3cret') });
    expect(problem).toBe('DATABASE_URL must be an absolute URL');
  });
});
