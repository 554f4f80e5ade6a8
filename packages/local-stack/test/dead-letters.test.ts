import {
  createDeadLetterStore,
  deadLetterTable,
  type KafkaDeadLetter,
  type WireEvent,
} from '@shop/messaging';
import { createLogger, createPool } from '@shop/service-kit';
import { createTestDatabase, type TestDatabase } from '@shop/testing';
import pg from 'pg';
import { runCommand } from '../src/dead-letters/command.ts';
import { type Letters, lettersOfPool } from '../src/dead-letters/letters.ts';

const event: WireEvent = {
  topic: 'OrderEvents',
  key: 'order-lost',
  headers: { ce_type: 'STOCK_RESERVED' },
  value: Buffer.from('{}'),
};

/** What the command says, and asks of the letters. */
async function run(args: readonly string[], open: () => Promise<Letters>) {
  const said = { out: '', err: '' };
  const code = await runCommand(args, open, {
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
  });
  return { code, ...said };
}

describe('the command', () => {
  let asked: unknown[];
  const letter: KafkaDeadLetter = {
    id: 'OrderEvents/0/7',
    group: 'order_service',
    reason: 'Error: no',
    failedAt: '2026-01-01T00:00:00.000Z',
    times: 1,
    event,
  };
  const opening = (letters: readonly KafkaDeadLetter[], total = letters.length) => {
    asked = [];
    const done = { count: 1, refused: [{ id: 'OrderEvents/0/9', why: 'there is no such dead letter' }] };
    const answer = (what: string) => async (ids?: readonly string[]) => {
      asked.push([what, ids]);
      return ids?.length === 1 || ids === undefined ? { ...done, refused: [] } : done;
    };
    return async (): Promise<Letters> => ({
      list: async () => ({ total, letters }),
      redrive: answer('redrive'),
      discard: answer('discard'),
      close: async () => void asked.push('close'),
    });
  };

  it('lists letters, and how many more there are', async () => {
    const { code, out } = await run([], opening([letter], 1_234));
    expect(code).toBe(0);
    expect(out.split('\n')).toEqual([
      'OrderEvents/0/7  2026-01-01T00:00:00.000Z  order_service  OrderEvents STOCK_RESERVED order-lost  Error: no',
      'Dead letters: 1234; these are the oldest 1.',
      '',
    ]);
    expect(asked).toEqual(['close']);
  });

  it('says when there are none', async () => {
    expect((await run(['list'], opening([]))).out).toBe('There are no dead letters.\n');
  });

  it('lists how often an event failed, and where the message of an empty letter is', async () => {
    const { out } = await run([], opening([{ ...letter, times: 3, messageAt: 'OrderEvents/2/17' }]));
    expect(out).toContain(
      'order-lost  3 times  holds no message, see OrderEvents/2/17  Error: no\nDead letters: 1.\n',
    );
  });

  it('writes a line per letter, whatever an event says', async () => {
    const { out } = await run([], opening([{ ...letter, reason: 'Error: \u001b[2J\r\nno' }]));
    expect(out).toContain('Error:  [2J no\n');
  });

  it.each([
    [['redrive', '--all'], ['redrive', undefined], 'Handed over again: 1.'],
    [['redrive', 'OrderEvents/0/7'], ['redrive', ['OrderEvents/0/7']], 'Handed over again: 1.'],
    [['discard', 'OrderEvents/0/7'], ['discard', ['OrderEvents/0/7']], 'Discarded: 1.'],
  ])('%j asks for it', async (args, call, says) => {
    const { code, out, err } = await run(args, opening([letter]));
    expect({ code, err, asked }).toEqual({ code: 0, err: '', asked: [call, 'close'] });
    expect(out).toContain(says);
  });

  it('says what was refused, and fails', async () => {
    const { code, out, err } = await run(
      ['redrive', 'OrderEvents/0/7', 'OrderEvents/0/9'],
      opening([letter]),
    );
    expect({ code, err }).toEqual({
      code: 1,
      err: 'OrderEvents/0/9 is left as it is: there is no such dead letter\n',
    });
    expect(out).toContain('Handed over again: 1.');
  });

  it.each([
    ['no id', ['redrive'], 2],
    ['no id', ['discard'], 2],
    ['all letters at once', ['discard', '--all'], 2],
    ['what it does not know', ['delete'], 2],
    ['for help', ['--help'], 0],
  ])('does nothing when asked %s: %j', async (_what, args, code) => {
    expect((await run(args, opening([letter]))).code).toBe(code);
    expect(asked).toEqual([]);
  });
});

describe('the letters of the embedded shop', () => {
  let database: TestDatabase;
  let letters: Letters;
  let store: ReturnType<typeof createDeadLetterStore>;
  beforeAll(async () => {
    database = await createTestDatabase({ template: 'dead_letters', schema: 'messaging', migrate });
    const logger = createLogger({ name: 'test', level: 'silent' });
    const pool = createPool({ url: database.url, name: 'test', schema: 'messaging', logger });
    letters = lettersOfPool(pool);
    store = createDeadLetterStore(pool);
  });
  afterAll(async () => {
    await letters.close();
    await database.drop();
  });

  it('are counted beyond those it lists, handed over again and discarded by id', async () => {
    for (let n = 0; n < 103; n++) await store.add('order_service', event, `Error: ${n}`);
    const { total, letters: listed } = await letters.list();
    expect([total, listed.length]).toEqual([103, 100]);
    const [first, second] = listed.map(({ id }) => id);

    const why = 'there is no such dead letter';
    expect(await letters.redrive([first ?? '', '4711', 'OrderEvents/0/7'])).toEqual({
      count: 1,
      refused: [
        { id: '4711', why },
        { id: 'OrderEvents/0/7', why },
      ],
    });
    expect((await store.requested()).map(({ id }) => String(id))).toEqual([first]);

    expect(await letters.discard([second ?? '', '4711'])).toEqual({
      count: 1,
      refused: [{ id: '4711', why }],
    });
    expect((await letters.list()).total).toBe(102);
    expect(await letters.redrive()).toEqual({ count: 102, refused: [] });
  });
});

async function migrate(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(deadLetterTable);
  await client.end();
}
