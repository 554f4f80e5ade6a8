import { setClockAhead, waitFor } from '@shop/testing';
import { type Harness, startHarness } from './support/harness.ts';

const hourMs = 3_600_000;

let shop: Harness;
let setRight: () => void;
beforeEach(async () => {
  setRight = setClockAhead(hourMs);
  shop = await startHarness({ settings: { SWEEP_MS: '20' } });
});
afterEach(async () => {
  setRight();
  await shop.stop();
});

/** Lets the time of an order be over, and waits until that was seen: whatever else was due has been swept with it. */
async function sweepOnce() {
  const overdue = await shop.order(shop.newCustomer());
  await shop.database.sql(
    `UPDATE orders SET expires_at = now() - interval '1 day', due_at = now() - interval '1 day'
     WHERE order_number = $1`,
    [overdue],
  );
  await waitFor(async () => (await shop.look(overdue)).status === 'cancelled');
}

it('an instance whose clock is an hour ahead cancels no order before its time', async () => {
  const pending = await shop.order(shop.newCustomer());
  const processing = await shop.order(shop.newCustomer(), 'processing');
  await shop.payment(processing, 'pi_ahead', 'created');

  // The second sweep begins after the first, which may have begun before the orders were due to it.
  await sweepOnce();
  await sweepOnce();

  expect(await shop.look(pending)).toMatchObject({ status: 'pending' });
  expect(await shop.look(processing)).toMatchObject({ status: 'processing' });
  expect(await shop.commands(processing)).toEqual([]);
});

it('an instance whose clock is an hour ahead gives an order no more time than others do', async () => {
  const left = async (orderNumber: string) => {
    const rows = await shop.database.sql(
      `SELECT extract(epoch FROM expires_at - now())::float AS expires,
              extract(epoch FROM due_at - now())::float AS due FROM orders WHERE order_number = $1`,
      [orderNumber],
    );
    return rows[0];
  };
  const about = (seconds: number) => expect.closeTo(seconds, -1.5);
  const orderNumber = await shop.order(shop.newCustomer());

  expect(await left(orderNumber)).toEqual({ expires: about(300), due: about(300) });
  await shop.reserved(orderNumber);
  expect(await left(orderNumber)).toEqual({ expires: about(1800), due: about(1800) });
  await shop.payment(orderNumber, 'pi_of_the_hour', 'created');
  expect(await left(orderNumber)).toEqual({ expires: about(1800), due: about(120) });
});
