/**
 * What keeps the shop from losing or doubling something, how each is taken out, and a test that has to notice. `text` must
 * stand in the file exactly once.
 */
export const guards = [
  {
    name: 'the inbox check',
    file: 'packages/messaging/src/inbox.ts',
    text: 'ON CONFLICT DO NOTHING RETURNING event_id',
    instead: 'ON CONFLICT (consumer, event_id) DO UPDATE SET received_at = now() RETURNING event_id',
    test: 'catalog_service/test/stock.test.ts',
    title: 'with the same id does nothing',
  },
  {
    name: 'the stock guard',
    file: 'catalog_service/src/services/stock.service.ts',
    text: 'if (shortages.length > 0) {',
    instead: 'if (shortages.length < 0) {',
    test: 'catalog_service/test/stock.test.ts',
    title: 'exactly 10 of 50 orders for 10 pieces are reserved',
  },
  {
    name: 'the row lock',
    file: 'order_service/src/db/order.repository.ts',
    text: 'AND EXISTS (SELECT FROM first) FOR UPDATE`',
    instead: 'AND EXISTS (SELECT FROM first)`',
    test: 'order_service/test/order-events.test.ts',
    title: 'of an order that is being cancelled: waits for that, and is given back',
  },
  {
    name: 'the idempotency claim',
    file: 'order_service/src/db/idempotency.repository.ts',
    text: "if (!row?.taken) throw problem('request-in-progress');",
    instead: '',
    test: 'order_service/test/idempotency.test.ts',
    title: 'says so while the first request is being worked on',
  },
  {
    name: 'the outbox transaction',
    file: 'order_service/src/db/transaction.ts',
    text: 'await addToOutbox(statement.sql,',
    instead: 'await addToOutbox(sqlOf(database.pool),',
    test: 'order_service/test/create-order.test.ts',
    title: 'is written in the transaction that writes the order',
  },
  {
    name: 'the refund of late payments',
    file: 'order_service/src/domain/order-status.ts',
    text: "...refund('the order is cancelled')(order, fact),",
    instead: '',
    test: 'order_service/test/order-events.test.ts',
    title: 'of an order that is cancelled: is given back, whatever news comes of it',
  },
  {
    name: "the relay's lock",
    file: 'packages/messaging/src/relay.ts',
    text: 'if (!rows[0].locked) return;',
    instead: '',
    test: 'packages/messaging/test/relay.test.ts',
    title: 'has one leader, and publishes every event once',
  },
  {
    name: 'the acknowledgement check of the producer',
    file: 'packages/messaging/src/kafka/producer.ts',
    text: 'if (unacknowledged.size > 0)',
    instead: 'if (unacknowledged.size < 0)',
    test: 'packages/messaging/test/kafka-producer.unit.test.ts',
    title: 'takes nothing for sent that no broker has acknowledged',
  },
];
