import type { DeadLetter, DeadLetters, WireEvent } from '@shop/messaging';
import { runCommand } from '../src/dead-letters/command.ts';

const event: WireEvent = {
  topic: 'OrderEvents',
  key: 'order-lost',
  headers: { ce_type: 'STOCK_RESERVED', attempts: '3' },
  value: Buffer.from('{}'),
};

/** What the command says, and asks of the letters. */
async function run(args: readonly string[], open: () => Promise<DeadLetters>) {
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
  const letter: DeadLetter = {
    id: 'OrderEvents/0/7',
    group: 'order_service',
    reason: 'Error: no',
    attempts: 3,
    failedAt: new Date('2026-01-01T00:00:00.000Z'),
    event,
  };
  const opening = (letters: readonly DeadLetter[], total = letters.length) => {
    asked = [];
    const refused = [{ id: 'OrderEvents/0/9', why: 'there is no such dead letter' }];
    const done = { count: 1, refused, passedOver: [] };
    const answer = (what: string) => async (ids?: readonly string[]) => {
      asked.push([what, ids]);
      if (ids !== undefined) return ids.length === 1 ? { ...done, refused: [] } : done;
      return { ...done, refused: [], passedOver: [{ id: 'OrderEvents/0/8', why: 'it holds no message' }] };
    };
    return async (): Promise<DeadLetters> => ({
      list: async () => ({ total, letters }),
      show: async (id) => letters.find((one) => one.id === id),
      redrive: answer('redrive'),
      discard: answer('discard'),
      close: async () => void asked.push('close'),
    });
  };

  it('lists letters, and how many more there are', async () => {
    const { code, out } = await run([], opening([letter], 1_234));
    expect(code).toBe(0);
    expect(out.split('\n')).toEqual([
      'OrderEvents/0/7  2026-01-01T00:00:00.000Z  order_service  OrderEvents STOCK_RESERVED order-lost  tried 3 times  Error: no',
      'Dead letters: 1234; these are the oldest 1.',
      '',
    ]);
    expect(asked).toEqual(['close']);
  });

  it('says when there are none', async () => {
    expect((await run(['list'], opening([]))).out).toBe('There are no dead letters.\n');
  });

  it('lists where the message of a letter is that holds none', async () => {
    const { out } = await run([], opening([{ ...letter, messageAt: 'OrderEvents/2/17' }]));
    expect(out).toContain(
      'order-lost  tried 3 times  holds no message, see OrderEvents/2/17  Error: no\nDead letters: 1.\n',
    );
  });

  it('shows a letter with its headers and its message', async () => {
    const { code, out } = await run(['show', 'OrderEvents/0/7'], opening([letter]));
    expect(code).toBe(0);
    expect(out.split('\n')).toEqual([
      'id: OrderEvents/0/7',
      'failed: 2026-01-01T00:00:00.000Z, in order_service',
      'reason: Error: no',
      'topic: OrderEvents',
      'key: order-lost',
      'ce_type: STOCK_RESERVED',
      'attempts: 3',
      '',
      '{}',
      '',
    ]);
    expect(asked).toEqual(['close']);
  });

  it('shows no letter that is not there, and fails', async () => {
    expect(await run(['show', 'OrderEvents/0/9'], opening([letter]))).toEqual({
      code: 1,
      out: '',
      err: 'OrderEvents/0/9: there is no such dead letter, or it is done.\n',
    });
  });

  it.each([[[]], [['show', 'OrderEvents/0/7']]])(
    '%j prints no control characters of an event',
    async (args) => {
      const { out } = await run(args, opening([{ ...letter, reason: 'Error: \u001b[2J\r\nno' }]));
      expect(out).toContain('Error:  [2J no\n');
    },
  );

  it.each([
    [['redrive', '--all'], ['redrive', undefined], 'Sent again: 1.'],
    [['redrive', 'OrderEvents/0/7'], ['redrive', ['OrderEvents/0/7']], 'Sent again: 1.'],
    [['discard', 'OrderEvents/0/7'], ['discard', ['OrderEvents/0/7']], 'Discarded: 1.'],
  ])('%j asks for it', async (args, call, says) => {
    const { code, out, err } = await run(args, opening([letter]));
    expect({ code, err, asked }).toEqual({ code: 0, err: '', asked: [call, 'close'] });
    expect(out).toContain(says);
  });

  it('says which of all letters were passed over, and does not fail for them', async () => {
    const { code, out, err } = await run(['redrive', '--all'], opening([letter]));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('OrderEvents/0/8 is left as it is: it holds no message\nSent again: 1.');
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
    expect(out).toContain('Sent again: 1.');
  });

  it.each([
    ['no id', ['redrive'], 2],
    ['no id', ['discard'], 2],
    ['no id', ['show'], 2],
    ['all letters at once', ['discard', '--all'], 2],
    ['what it does not know', ['delete'], 2],
    ['for help', ['--help'], 0],
  ])('does nothing when asked %s: %j', async (_what, args, code) => {
    expect((await run(args, opening([letter]))).code).toBe(code);
    expect(asked).toEqual([]);
  });
});
