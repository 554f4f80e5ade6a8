import { type EventData, type EventType, eventContracts, type NewEvent, topics } from '@shop/contracts';
import { createEvent, decodeEvent, encodeEvent, InvalidEventError, type WireEvent } from '@shop/messaging';
import { withTrace } from '@shop/service-kit';

const orderNumber = 'order_1234';
const command = { orderNumber, paymentId: 'pi_1', reason: 'by-customer' };

const samples: { [K in EventType]: EventData<K> } = {
  CREATE_ORDER: {
    orderNumber,
    customerId: 7,
    amount: 2_598,
    currency: 'eur',
    status: 'pending',
    txnId: null,
    orderItems: [{ productId: 3, itemName: 'Tea – “Grüner”', qty: 2, price: 1_299 }],
  },
  CANCEL_ORDER: { orderNumber, reason: 'by-customer' },
  RETURN_STOCK: { orderNumber, refundId: 'rf_1', lines: [{ productId: 3, qty: 1 }] },
  STOCK_RESERVED: { orderNumber },
  STOCK_REJECTED: { orderNumber, shortages: [{ productId: 3, requested: 2, available: 0 }] },
  CREATE_PAYMENT: {
    orderNumber,
    paymentId: 'pi_1',
    status: 'succeeded',
    amount: 2_598,
    currency: 'eur',
    paymentLog: '{}',
  },
  PAYMENT_DISPUTED: {
    orderNumber,
    paymentId: 'pi_1',
    disputeId: 'du_1',
    amount: 2_598,
    currency: 'eur',
    reason: 'fraudulent',
    status: 'needs_response',
    dueBy: null,
  },
  SHIPMENT_CREATED: {
    orderNumber,
    shipmentId: 1,
    carrier: 'DHL',
    tracking: '0034',
    lines: [{ productId: 3, qty: 2 }],
  },
  SHIPMENT_DELIVERED: { orderNumber, shipmentId: 1 },
  CANCEL_PAYMENT: command,
  REFUND_PAYMENT: command,
  CHECK_PAYMENT: command,
  PRODUCT_UPSERTED: {
    id: 3,
    name: 'Tea',
    description: '',
    price: 1_299,
    currency: 'eur',
    stock: 0,
    category: null,
    tags: ['green'],
    imageUrl: null,
    version: 1,
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
  },
  PRODUCT_DELETED: { id: 3, version: 2 },
};
const types = Object.keys(samples) as EventType[];
const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;

const eventOf = (type: EventType, data: unknown = samples[type]) =>
  createEvent({ source: 'test', type, key: orderNumber, data } as NewEvent);
const wireOf = (type: EventType) => encodeEvent(eventOf(type));
const withData = (wire: WireEvent, data: string): WireEvent => ({ ...wire, value: Buffer.from(data) });
const withHeader = (wire: WireEvent, name: string, value: string | undefined): WireEvent => {
  const { [name]: _, ...others } = wire.headers;
  return { ...wire, headers: value === undefined ? others : { ...others, [name]: value } };
};

it.each(types)('carries %s there and back', (type) => {
  const event = withTrace({ requestId: 'r', traceparent }, () => eventOf(type));
  const wire = encodeEvent(event);

  expect(decodeEvent(wire)).toEqual(event);
  expect(wire).toMatchObject({
    topic: eventContracts[type].topic,
    key: orderNumber,
    headers: {
      'content-type': 'application/json',
      ce_specversion: '1.0',
      ce_id: event.id,
      ce_type: type,
      ce_source: 'test',
      ce_time: event.time,
      ce_dataschema: `urn:shop:event:${type}:1`,
      traceparent,
    },
  });
});

it.each(types)('refuses %s with a missing field, on both sides', (type) => {
  for (const field of eventContracts[type].schema.required) {
    const { [field as never]: _, ...rest } = samples[type];
    const reason = new RegExp(`^${type} does not fit its schema: .*'${field}'`);
    expect(() => encodeEvent(eventOf(type, rest))).toThrow(reason);
    expect(() => decodeEvent(withData(wireOf(type), JSON.stringify(rest)))).toThrow(reason);
  }
});

it('gives each event an id of its own and its time, unless the id is given', () => {
  const [one, two] = [eventOf('STOCK_RESERVED'), eventOf('STOCK_RESERVED')];
  expect(one.id).not.toBe(two.id);
  expect(Math.abs(Date.parse(one.time) - Date.now())).toBeLessThan(5_000);
  expect(one).not.toHaveProperty('traceparent');
  const named: NewEvent = {
    id: 'pi_1:succeeded',
    source: 't',
    type: 'STOCK_RESERVED',
    key: orderNumber,
    data: { orderNumber },
  };
  expect(createEvent(named).id).toBe('pi_1:succeeded');
});

it('names every rule that is broken, without the values', () => {
  const data = { ...samples.CREATE_ORDER, amount: -5, currency: 'secret-text', orderItems: [] };
  expect(() => encodeEvent(eventOf('CREATE_ORDER', data))).toThrow(InvalidEventError);
  expect(() => encodeEvent(eventOf('CREATE_ORDER', data))).toThrow(/\/amount .*\/currency .*\/orderItems /);
  expect(() => encodeEvent(eventOf('CREATE_ORDER', data))).not.toThrow(/secret-text/);
});

it.each([
  ['a fraction of a cent', { amount: 10.5 }],
  ['an amount that no currency has', { amount: 1_000_000_000_000 }],
  ['an amount as text', { amount: '10' }],
  ['capitals in the currency', { currency: 'EUR' }],
  ['an order number that could be guessed', { orderNumber: '17' }],
  ['a status nobody knows', { status: 'shipped' }],
  ['a customer id beyond an integer column', { customerId: 2 ** 31 }],
  ['a quantity of none', { orderItems: [{ ...samples.CREATE_ORDER.orderItems[0], qty: 0 }] }],
  ['a NUL in a text', { orderItems: [{ ...samples.CREATE_ORDER.orderItems[0], itemName: 'Mug\0' }] }],
  ['half of a surrogate pair', { txnId: 'pi_\ud83d' }],
])('refuses %s', (_, change) => {
  const data = { ...samples.CREATE_ORDER, ...change };
  expect(() => encodeEvent(eventOf('CREATE_ORDER', data))).toThrow(InvalidEventError);
});

it('refuses an id that the inbox cannot store', () => {
  const wire = wireOf('CREATE_ORDER');
  const broken = { ...wire, headers: { ...wire.headers, ce_id: 'id\0' } };
  expect(() => decodeEvent(broken)).toThrow('ce_id holds characters that PostgreSQL cannot store');
});

it.each([
  ['half a character', Buffer.from('{"orderNumber":"é"}').subarray(0, 17)],
  ['Latin-1', Buffer.from('{"orderNumber":"caf\xe9-1234"}', 'latin1')],
  ['half of a surrogate pair in three bytes', Buffer.from('2278eda080227d', 'hex')],
])('refuses data in %s', (_what, value) => {
  const decode = () => decodeEvent({ ...wireOf('STOCK_RESERVED'), value });
  expect(decode).toThrow(InvalidEventError);
  expect(decode).toThrow('the data is not valid UTF-8');
});

it('refuses a key or a header that was no text', () => {
  const wire = wireOf('STOCK_RESERVED');
  const reason = 'the key or a header is not valid UTF-8';
  expect(() => decodeEvent({ ...wire, key: 'caf\ufffd' })).toThrow(reason);
  expect(() => decodeEvent(withHeader(wire, 'ce_source', 'caf\ufffd'))).toThrow(reason);
});

it('lets a producer add a field before its consumers know it', () => {
  const data = { ...samples.CANCEL_ORDER, since: 'tomorrow' };
  expect(decodeEvent(encodeEvent(eventOf('CANCEL_ORDER', data))).data).toEqual(data);
});

it.each(['SHIP_ORDER', '__proto__', 'toString', '', undefined])('refuses the type %s', (type) => {
  expect(() => decodeEvent(withHeader(wireOf('CREATE_ORDER'), 'ce_type', type))).toThrow(
    /unknown event type/,
  );
});

it.each(types)('refuses %s on any topic but its own', (type) => {
  const wire = wireOf(type);
  for (const topic of topics.filter((other) => other !== wire.topic)) {
    expect(() => decodeEvent({ ...wire, topic })).toThrow(`${type} does not belong on ${topic}`);
  }
});

it.each(['ce_id', 'ce_source', 'ce_time'])('refuses a message without %s', (name) => {
  expect(() => decodeEvent(withHeader(wireOf('STOCK_RESERVED'), name, undefined))).toThrow(InvalidEventError);
});

it.each(['', '{', 'orderNumber=1', '\u0000'])('refuses %j, which is not JSON', (data) => {
  const decode = () => decodeEvent(withData(wireOf('STOCK_RESERVED'), data));
  expect(decode).toThrow(InvalidEventError);
  expect(decode).toThrow('the data is not JSON');
});

it.each(['null', '[]', '"text"', '1'])('refuses %s, which is JSON but no object', (data) => {
  expect(() => decodeEvent(withData(wireOf('STOCK_RESERVED'), data))).toThrow(/does not fit its schema/);
});
