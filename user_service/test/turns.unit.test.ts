import { createTurns } from '../src/services/turns.ts';

/** Attempts that fail or succeed when told, with room for so many failures. */
function setUp(limit: number) {
  const takeTurn = createTurns();
  let failures = 0;
  let most = 0;
  const underWay: ((succeed: boolean) => void)[] = [];
  const failuresLeft = async () => {
    if (failures >= limit) throw new Error('no more');
    return limit - failures;
  };
  const attempt = async () => {
    const succeeded = await new Promise<boolean>((resolve) => {
      underWay.push(resolve);
      most = Math.max(most, underWay.length + failures);
    });
    if (!succeeded) failures += 1;
    return succeeded;
  };
  const take = (key = 'ada') => takeTurn(key, failuresLeft, attempt).catch((error: Error) => error.message);
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return { take, underWay, settle, most: () => most };
}

describe('turns', () => {
  it('let no more under way than may still fail, and all in that are right', async () => {
    const { take, underWay, settle, most } = setUp(3);
    const all = Promise.all(Array.from({ length: 8 }, () => take()));
    for (let heard = 0; heard < 8; heard++) {
      await settle();
      expect(underWay.length).toBe(Math.min(3, 8 - heard));
      underWay.shift()?.(true);
    }
    expect(await all).toEqual(Array(8).fill(true));
    expect(most()).toBe(3);
  });

  it('refuse those that wait once too many have failed', async () => {
    const { take, underWay, settle } = setUp(3);
    const all = Promise.all(Array.from({ length: 8 }, () => take()));
    for (let failed = 0; failed < 3; failed++) {
      await settle();
      underWay.shift()?.(false);
    }
    expect(await all).toEqual([...Array(3).fill(false), ...Array(5).fill('no more')]);
    expect(underWay).toEqual([]);
  });

  it('are not kept waiting by another key', async () => {
    const { take, underWay, settle } = setUp(1);
    const all = Promise.all([take('ada'), take('ada'), take('bob')]);
    await settle();
    expect(underWay).toHaveLength(2);
    for (const end of underWay.splice(0)) end(true);
    await settle();
    underWay.shift()?.(true);
    expect(await all).toEqual([true, true, true]);
  });
});
