import {
  cancelReasons,
  checkoutReplySchema,
  consumerGroups,
  eventContracts,
  fields,
  orderStatuses,
  partitions,
  paymentStatuses,
  stockReplySchema,
  topics,
} from '@shop/contracts';

type Schema = {
  type: string | readonly string[];
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  items?: Schema;
  additionalProperties?: boolean | Schema;
};

/** The schema and all that it holds. */
function* parts(schema: Schema): Generator<Schema> {
  yield schema;
  for (const property of Object.values(schema.properties ?? {})) yield* parts(property);
  if (schema.items) yield* parts(schema.items);
}

/** But those of any names, which have the same kind of value for each. */
const objects = (schema: Schema) =>
  [...parts(schema)].filter(({ type, properties }) => type === 'object' && properties !== undefined);
const schemas: [string, Schema][] = [
  ...Object.entries(eventContracts).map(([type, { schema }]): [string, Schema] => [type, schema]),
  ['the stock reply', stockReplySchema],
  ['the checkout reply', checkoutReplySchema],
];

it('has the events of the design on the topics of the specification', () => {
  const byTopic = Object.fromEntries(
    topics.map((topic) => [
      topic,
      Object.entries(eventContracts)
        .filter(([, contract]) => contract.topic === topic)
        .map(([type]) => type),
    ]),
  );
  expect(byTopic).toEqual({
    CatalogEvents: ['CREATE_ORDER', 'CANCEL_ORDER', 'RETURN_STOCK'],
    OrderEvents: [
      'STOCK_RESERVED',
      'STOCK_REJECTED',
      'CREATE_PAYMENT',
      'PAYMENT_DISPUTED',
      'SHIPMENT_CREATED',
      'SHIPMENT_DELIVERED',
    ],
    PaymentEvents: ['CANCEL_PAYMENT', 'REFUND_PAYMENT', 'CHECK_PAYMENT'],
    ProductEvents: ['PRODUCT_UPSERTED', 'PRODUCT_DELETED'],
  });
});

it('says of every topic who must see it, and how many partitions it has', () => {
  expect(Object.keys(consumerGroups)).toEqual([...topics]);
  expect(Object.keys(partitions)).toEqual([...topics]);
});

it.each(schemas)('asks in %s only for what it describes, and allows more', (_, schema) => {
  expect(objects(schema).length).toBeGreaterThan(0);
  for (const { properties = {}, required = [], additionalProperties } of objects(schema)) {
    expect(Object.keys(properties)).toEqual(expect.arrayContaining([...required]));
    expect(required.length).toBeGreaterThan(0);
    // A producer may add a field before its consumers know it.
    expect(additionalProperties).toBe(true);
  }
});

it.each(schemas)('counts money in whole minor units in %s', (_, schema) => {
  for (const { properties = {} } of objects(schema)) {
    for (const name of ['amount', 'price'] as const) {
      if (properties[name]) expect(properties[name]).toBe(fields.amount);
    }
    if (properties['currency']) expect(properties['currency']).toBe(fields.currency);
  }
});

it.each([
  ['aB3_-xyz', true],
  ['a'.repeat(64), true],
  ['short', false],
  ['a'.repeat(65), false],
  ['order 1234', false],
  ['order12\n', false],
  ["'; DROP TABLE", false],
])('takes %j for an order number: %s', (text, expected) => {
  expect(new RegExp(fields.orderNumber.pattern, 'u').test(text)).toBe(expected);
});

it('names what an order and a payment may be, each once', () => {
  expect(orderStatuses).toEqual(['pending', 'processing', 'completed', 'cancelled']);
  expect(paymentStatuses).toEqual(['created', 'succeeded', 'failed', 'cancelled', 'refunded']);
  expect(new Set(cancelReasons).size).toBe(7);
});
