/** The Kafka topics, as the specification names them, and `ProductEvents` for whoever indexes products. */
export const topics = ['CatalogEvents', 'OrderEvents', 'PaymentEvents', 'ProductEvents'] as const;

export type Topic = (typeof topics)[number];

/** Every topic has the same number of partitions, so that events of one key keep their order at any scale. */
export const partitionsPerTopic = 6;

/**
 * Which consumer groups must see each topic. A bus that cannot keep events for a group that is not there yet
 * (the in-process one) holds an event back until all of these have subscribed.
 */
export const consumerGroups: Readonly<Record<Topic, readonly string[]>> = {
  CatalogEvents: ['catalog_service'],
  OrderEvents: ['order_service'],
  PaymentEvents: ['payment_service'],
  ProductEvents: [],
};
