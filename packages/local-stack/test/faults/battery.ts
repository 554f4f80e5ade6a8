import { waitFor } from '@shop/testing';
import type { Customer } from '../support/customers.ts';
import { type CrashPoint, crashPoints } from './crash-points.ts';
import { type Fault, faultsOf } from './faults.ts';
import { createRandom } from './random.ts';
import { createFigures, run, say } from './run.ts';
import { createTraffic, emptyCart, type Traffic } from './traffic.ts';
import type { World } from './world.ts';

const recoveryMs = 60_000;

/** Everything that may go wrong goes wrong, and each time the doctor finds nothing within a minute. */
export function battery(bus: World['bus'], openWorld: () => Promise<World>): void {
  const random = createRandom(run.seed);
  const figures = createFigures();
  let world: World;
  let traffic: Traffic;
  let end = Number.POSITIVE_INFINITY;

  beforeAll(async () => {
    say(`${bus} bus, seed ${run.seed}`);
    end = Date.now() + run.ms[bus];
    world = await openWorld();
    // By chance of its own: how often it is asked depends on the machine, and the order of the faults must not.
    traffic = await createTraffic(world, createRandom(run.seed), figures);
  }, 180_000);
  afterAll(async () => {
    await world?.close();
    say(`${bus} bus, seed ${run.seed}: ${JSON.stringify(figures)}`);
  }, 60_000);

  async function findsNothing(): Promise<true> {
    const { wrong } = await world.examine();
    if (wrong.length > 0) throw new Error(wrong.slice(0, 5).join('; '));
    return true;
  }

  /** One that is lost is told of once, and not after each of the faults to come. */
  async function expectNoneLost(): Promise<void> {
    const told = [...traffic.told];
    const text = 'SELECT order_number FROM orders WHERE order_number = ANY ($1)';
    const rows = await world.ledger.sql('orders', text, [told]);
    const kept = new Set(rows.map((row) => row['order_number']));
    const lost = told.filter((orderNumber) => !kept.has(orderNumber));
    for (const orderNumber of lost) traffic.told.delete(orderNumber);
    expect(lost).toEqual([]);
  }

  /** Serves again, and nothing is wrong. */
  async function expectWhole(): Promise<void> {
    const startedAt = performance.now();
    await world.untilOpen();
    await waitFor(findsNothing, { timeoutMs: recoveryMs, what: 'the doctor to find nothing' });
    figures.slowestRecoveryMs = Math.max(
      figures.slowestRecoveryMs,
      Math.round(performance.now() - startedAt),
    );
    await expectNoneLost();
  }

  function isLeftOut({ name, isPossible }: Pick<Fault, 'name' | 'isPossible'>): boolean {
    const why = Date.now() > end ? 'no time' : isPossible?.(world) === false && 'nothing to break';
    if (why) {
      say(`left out, ${why}: ${name}`);
      figures.leftOut++;
    }
    return why !== false;
  }

  async function survive(fault: Fault, seconds = 2): Promise<void> {
    if (isLeftOut(fault)) return;
    say(fault.name);
    figures.faults++;
    const stop = traffic.start();
    try {
      await traffic.untilSold();
      await fault.inject(world, random, seconds);
      await world.untilOpen();
      await traffic.untilSold();
    } finally {
      await stop();
    }
    await expectWhole();
  }

  async function surviveAt(point: CrashPoint): Promise<void> {
    if (isLeftOut(point)) return;
    say(point.name);
    figures.faults++;
    const customer = random.oneOf(traffic.customers);
    await emptyCart(customer);
    const productId = await world.product(10);
    const orderNumber = traffic.note(await point.crash(world, customer, productId));
    await customer.reaches(orderNumber, 'processing');
    await customer.pay(orderNumber);
    await customer.reaches(orderNumber, 'completed');
    await expectWhole();
    expect(await world.stockOf(productId)).toBe(8);
  }

  it('sells 100 pairs, and no more, to 500 buyers who ask for their pieces in opposite orders', async () => {
    say('500 buyers in opposite orders');
    const pair = [await world.product(100), await world.product(100)];
    const opposite = pair.toReversed();
    const buyers: Customer[] = [];
    // Some at a time: what is to be crowded is the stock, not the door.
    while (buyers.length < 500)
      buyers.push(...(await Promise.all(Array.from({ length: 25 }, () => world.customer()))));
    await Promise.all(
      buyers.map(async (buyer, index) => {
        for (const productId of index % 2 === 0 ? pair : opposite)
          await traffic.answered(() => buyer.call('POST', '/cart', { productId, qty: 1 }));
      }),
    );
    await Promise.all(buyers.map((buyer) => traffic.order(buyer)));
    await world.ledger.quiet();
    const lowest = `SELECT product_id, min(stock)::int AS lowest FROM (
      SELECT product_id, sum(delta) OVER (PARTITION BY product_id ORDER BY id) AS stock FROM stock_movements
      WHERE product_id = ANY ($1)) AS stocks GROUP BY product_id`;
    const rows = await world.ledger.sql('catalog', lowest, [pair]);
    // A piece that is put into a cart again, because the reply was lost, is a second one: then one of the two is gone first.
    expect(rows).toHaveLength(2);
    expect(Math.min(...rows.map((row) => Number(row['lowest'])))).toBe(0);
    await expectWhole();
  });

  // In another order with each seed, as not all of them may have time; then by chance, and for longer, while there is.
  it.each(random.shuffled([...faultsOf[bus], ...crashPoints]))(
    'loses and doubles nothing after: $name',
    (one) => ('inject' in one ? survive(one) : surviveAt(one)),
  );

  it(
    'loses and doubles nothing, whatever happens',
    async () => {
      const faults = faultsOf[bus].filter(({ isPossible }) => isPossible?.(world) !== false);
      const choices = [...faults, ...crashPoints];
      while (Date.now() < end) {
        const one = random.oneOf(choices);
        await ('inject' in one ? survive(one, random.whole(1, 8)) : surviveAt(one));
      }
    },
    run.ms[bus] + 240_000,
  );

  it('brings every order to its end', async () => {
    const open = `SELECT FROM orders WHERE status IN ('pending', 'processing')`;
    const isOver = async () => (await world.ledger.sql('orders', open)).length === 0;
    await waitFor(isOver, { timeoutMs: recoveryMs, what: 'every order to be completed or cancelled' });
    await expectWhole();
  });
}
