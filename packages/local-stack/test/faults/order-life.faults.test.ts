import type { Finding } from '@shop/doctor';
import { waitFor } from '@shop/testing';
import fc from 'fast-check';
import { createMerchant } from '../support/merchant.ts';
import { openShop, type TestShop } from '../support/shop.ts';
import { buyThree, type Life, type Step, steps } from './order-life.ts';
import { type Model, price } from './order-model.ts';
import { run, say } from './run.ts';

const shrinkMs = 180_000;
const events = { copies: 1 };
let shop: TestShop;
beforeAll(async () => {
  shop = await openShop({
    environment: { GUESTS_PER_ADDRESS: '100000/1h', PAYMENT_CHECK_MS: '300', SWEEP_MS: '100' },
    tamper: async (event) => Array.from({ length: events.copies }, () => event),
  });
}, 60_000);
afterAll(() => shop?.close(), 60_000);

async function begin(): Promise<{ model: Model; real: Life }> {
  events.copies = 1;
  shop.stack.fakeStripe?.faults.reset();
  const [customer, productId] = [await shop.guest(), await shop.product(8, price)];
  const model: Model = { stock: 8, isGuest: true, areWebhooksHeld: false, orders: [] };
  const real: Life = { shop, merchant: createMerchant(shop), customer, productId, orderNumbers: [], events };
  await buyThree(model, real);
  return { model, real };
}

it(
  'agrees with a simple model of an order, whatever is done and whatever fails',
  async () => {
    say(`model of an order's life, seed ${run.seed}`);
    let [lives, hasFailed] = [0, false];
    const end = Date.now() + run.ms.model;
    const property = fc.asyncProperty(steps, async (chosen) => {
      // What fails may be made smaller after that.
      if (Date.now() > end && !hasFailed) return;
      lives++;
      try {
        await live(chosen);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    });
    const interruptAfterTimeLimit = run.ms.model + shrinkMs;
    await fc.assert(property, { seed: run.seed, numRuns: 10_000, interruptAfterTimeLimit });
    say(`model of an order's life: ${lives} lives`);
  },
  run.ms.model + 2 * shrinkMs,
);

async function live(chosen: Iterable<Step>): Promise<void> {
  const life = await begin();
  await fc.asyncModelRun(() => life, chosen);
  shop.stack.fakeStripe?.faults.reset();
  // Its own: what an earlier life left wrong must not fail the smaller ones that are tried after it.
  const own = ({ orderNumber, productId }: Finding) =>
    life.real.orderNumbers.includes(orderNumber ?? '') || productId === life.real.productId;
  const nothingIsWrong = async () => {
    const findings = (await shop.findings()).filter(own);
    if (findings.length > 0) throw new Error(JSON.stringify(findings.slice(0, 3)));
    return true;
  };
  await waitFor(nothingIsWrong, { timeoutMs: 20_000, what: 'the doctor to find nothing' });
}
