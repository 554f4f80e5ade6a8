import { createBatcher } from '../src/search/elasticsearch/batcher.ts';

function createRecorder(failures: Record<string, Error> = {}) {
  const batches: (readonly string[])[] = [];
  const write = async (items: readonly string[]) => {
    batches.push(items);
    return new Map(
      items.flatMap((item, position) => (failures[item] ? [[position, failures[item]] as const] : [])),
    );
  };
  return { batches, write };
}

it('writes together what comes together, in its order', async () => {
  const { batches, write } = createRecorder();
  const batcher = createBatcher({ write });
  await Promise.all(['a', 'b', 'c'].map((item) => batcher.add(item)));
  await batcher.add('d');
  expect(batches).toEqual([['a', 'b', 'c'], ['d']]);
});

it('does not wait once a batch is full', async () => {
  const { batches, write } = createRecorder();
  const batcher = createBatcher({ write, most: 2, waitMs: 60_000 });
  await Promise.all(['a', 'b', 'c', 'd'].map((item) => batcher.add(item)));
  expect(batches).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ]);
});

it('tells each what became of it', async () => {
  const { write } = createRecorder({ b: new Error('b is wrong') });
  const batcher = createBatcher({ write });
  const outcomes = await Promise.allSettled(['a', 'b', 'c'].map((item) => batcher.add(item)));
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(outcomes[1]).toMatchObject({ reason: new Error('b is wrong') });
});

it('tells all when the whole batch failed, and goes on with the next', async () => {
  const { batches, write } = createRecorder();
  let away = true;
  const batcher = createBatcher({
    write: async (items: readonly string[]) => {
      if (away) throw new Error('away');
      return write(items);
    },
  });
  const outcomes = await Promise.allSettled(['a', 'b'].map((item) => batcher.add(item)));
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  away = false;
  await batcher.add('a');
  expect(batches).toEqual([['a']]);
});
