import { waitFor } from '@shop/testing';
import fc from 'fast-check';
import type { Customer } from '../support/customers.ts';
import { createMerchant, type Merchant } from '../support/merchant.ts';
import type { TestShop } from '../support/shop.ts';

const qty = fc.integer({ min: 1, max: 2 });

/** Nobody knows whether it was done. What must hold in the end holds either way. */
const lost = 504;

/** What can happen to a paid order of three pieces at 5.00. */
const step = fc.oneof(
  fc.record({ kind: fc.constant('refund-lines' as const), qty, restock: fc.boolean() }),
  fc.record({ kind: fc.constant('refund-amount' as const), amount: fc.integer({ min: 1, max: 900 }) }),
  fc.record({ kind: fc.constant('dashboard' as const), amount: fc.integer({ min: 1, max: 1_500 }) }),
  fc.record({ kind: fc.constant('ship' as const), qty }),
  fc.constant({ kind: 'refund-rest' as const }),
  fc.constant({ kind: 'ship-rest' as const }),
  fc.constant({ kind: 'deliver' as const }),
  fc.constant({ kind: 'dispute' as const }),
  fc.constant({ kind: 'cancel' as const }),
);
const life = fc.record({
  card: fc.constantFrom('pm_card_visa', 'pm_card_visa', 'pm_card_pendingRefund', 'pm_card_refundFail'),
  steps: fc.array(step, { minLength: 1, maxLength: 6 }),
});
type Life = typeof life extends fc.Arbitrary<infer T> ? T : never;
type Step = Life['steps'][number];

/**
 * Random lives of paid orders, of guests and of customers.
 * @param count how many; LIVES in the environment is another number of them, LIVES_SEED draws the same ones again
 */
export function lifeStories(openShop: () => Promise<TestShop>, count: number): void {
  let shop: TestShop;
  let merchant: Merchant;
  beforeAll(async () => {
    shop = await openShop();
    merchant = createMerchant(shop);
  }, 120_000);
  afterAll(() => shop?.close(), 60_000);

  async function live(customer: Customer, { card, steps }: Life): Promise<string> {
    const productId = await shop.product(5, 500);
    const orderNumber = await customer.order(productId, 3);
    await customer.reaches(orderNumber, 'processing');
    const paymentId = String((await customer.pay(orderNumber, card)).body.id);
    await customer.reaches(orderNumber, 'completed');
    const path = `/orders/${orderNumber}`;
    const lines = (pieces: number, more = {}) => [{ productId, qty: pieces, ...more }];
    const { ship, deliver, refund, refundInDashboard, dispute } = merchant;
    const take = async (each: Step): Promise<number> => {
      switch (each.kind) {
        case 'refund-lines':
          return (await refund(orderNumber, { lines: lines(each.qty, { restock: each.restock }) })).status;
        case 'refund-amount':
          return (await refund(orderNumber, { amount: each.amount })).status;
        case 'refund-rest':
          return (await refund(orderNumber)).status;
        case 'dashboard':
          return (await refundInDashboard(paymentId, each.amount)).status;
        case 'dispute':
          return (await dispute(paymentId)).status;
        case 'ship':
          return (await ship(orderNumber, { lines: lines(each.qty) })).status;
        case 'ship-rest':
          return (await ship(orderNumber)).status;
        case 'deliver': {
          const { id = 1 } = (await merchant.order(orderNumber)).shipments[0] ?? {};
          return (await deliver(orderNumber, id)).status;
        }
        case 'cancel': {
          const before = (await customer.call('GET', path)).body;
          const { status } = await customer.call('POST', `${path}/cancel`);
          // What was shipped cannot be cancelled.
          if (before.shipments.length > 0) expect([409, lost]).toContain(status);
          return status;
        }
      }
    };
    for (const each of steps) {
      const status = await take(each);
      if (status !== lost) expect(status).toBeLessThan(500);
    }
    return orderNumber;
  }

  /** What does not hold, but that money is left where the card of an order that has ended takes none back. */
  async function findings() {
    const judged = (await shop.findings()).map(async (finding) => {
      const { refunds } = await merchant.order(String(finding.orderNumber));
      const hasFailed = refunds?.some(({ status }: { status: string }) => status === 'failed');
      return finding.fault === 'payment-kept' && hasFailed ? [] : [finding];
    });
    return (await Promise.all(judged)).flat();
  }

  it('keeps money and stock exact, whatever happens in which order, with webhooks doubled', async () => {
    const seed = Number(process.env['LIVES_SEED'] ?? Date.now() % 1_000_000);
    const drawn = fc.sample(life, { numRuns: Number(process.env['LIVES'] ?? count), seed });
    shop.stack.fakeStripe?.faults.set({ webhooks: 'double' });
    const ended: string[] = [];
    try {
      // Each customer has one cart, and every second one is a guest.
      const buyers = await Promise.all([shop.customer(), shop.guest(), shop.customer(), shop.guest()]);
      const shares = buyers.map((buyer, first) => ({
        buyer,
        lives: drawn.filter((_life, index) => index % buyers.length === first),
      }));
      const buy = async ({ buyer, lives }: (typeof shares)[number]) => {
        for (const each of lives) ended.push(await live(buyer, each));
      };
      await Promise.all(shares.map(buy));
      shop.stack.fakeStripe?.faults.reset();
      await waitFor(async () => (await findings()).length === 0, { timeoutMs: 30_000 });
    } catch (error) {
      const found = JSON.stringify(await findings());
      throw new Error(`LIVES_SEED=${seed}: ${found}`, { cause: error });
    }
    const orders = await Promise.all(ended.map(merchant.order));
    for (const { status, reason, fulfilment } of orders)
      if (fulfilment !== 'none' && status === 'cancelled') expect(reason).toBe('refunded');
  }, 300_000);
}
