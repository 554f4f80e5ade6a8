import { createFairQueue } from '../src/services/fair-queue.ts';

const settle = () => new Promise((resolve) => setImmediate(resolve));

/** Work that ends when it is told to, by owner in the order in which it began. */
function setUp(options: Partial<Parameters<typeof createFairQueue>[0]> = {}) {
  const queue = createFairQueue({ atOnce: 1, most: 200, mostOfOwner: 200, ...options });
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const enter = (owner: string, count = 1) =>
    Array.from({ length: count }, () =>
      queue
        .run(owner, () => {
          begun.push(owner);
          return new Promise<void>((resolve) => ends.push(resolve));
        })
        .then(
          () => 'done',
          (refusal) => refusal.code as string,
        ),
    );
  const endNext = async () => {
    await settle();
    ends.shift()?.();
    await settle();
  };
  return { queue, begun, enter, endNext };
}

describe('a fair queue', () => {
  it('lets an owner wait for one of each other owner, however many those have waiting', async () => {
    const { begun, enter, endNext } = setUp();
    enter('greedy', 100);
    enter('ada');
    enter('bob', 2);
    for (let count = 0; count < 8; count++) await endNext();
    const order = ['greedy', 'greedy', 'ada', 'bob', 'greedy', 'bob', 'greedy', 'greedy', 'greedy'];
    expect(begun).toEqual(order);
  });

  it('works on so many at once, also of one owner when nobody else waits', async () => {
    const { queue, begun, enter, endNext } = setUp({ atOnce: 3 });
    enter('ada', 5);
    await settle();
    expect([begun.length, queue.waiting()]).toEqual([3, 2]);
    await endNext();
    expect([begun.length, queue.waiting()]).toEqual([4, 1]);
  });

  it('gives a newcomer the place of the last of the owner who has most, when it is full', async () => {
    const { queue, enter, endNext } = setUp({ most: 4 });
    const greedy = enter('greedy', 6);
    const ada = enter('ada', 3);
    expect(queue.waiting()).toBe(4);
    for (let count = 0; count < 5; count++) await endNext();
    expect(await Promise.all(greedy)).toEqual(['done', 'done', 'done', 'busy', 'busy', 'busy']);
    expect(await Promise.all(ada)).toEqual(['done', 'done', 'busy']);
  });

  it('lets no owner have more waiting than they may', async () => {
    const { enter, endNext } = setUp({ mostOfOwner: 2 });
    const ada = enter('ada', 4);
    for (let count = 0; count < 3; count++) await endNext();
    expect(await Promise.all(ada)).toEqual(['done', 'done', 'done', 'busy']);
  });

  it('refuses those that wait when it closes, and ends when the others have', async () => {
    const { queue, enter, endNext } = setUp();
    const all = enter('ada', 3);
    await settle();
    queue.close();
    const late = enter('bob');
    let isEmpty = false;
    const empty = queue.empty().then(() => {
      isEmpty = true;
    });
    await settle();
    expect([isEmpty, queue.waiting()]).toEqual([false, 0]);
    await endNext();
    await empty;
    expect(await Promise.all([...all, ...late])).toEqual(['done', 'busy', 'busy', 'busy']);
  });
});
