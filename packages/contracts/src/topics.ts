/** The Kafka topics, as the specification names them, and `ProductEvents` for search indexers and others. */
export const topics = ['CatalogEvents', 'OrderEvents', 'PaymentEvents', 'ProductEvents'] as const;

export type Topic = (typeof topics)[number];

/**
 * Partitions of each topic, and of its dead letters: how many consumers of a group can share it. They keep the events of
 * one key in order. Raising a number later moves keys to other partitions, so do it while the topic is empty.
 */
export const partitions: Readonly<Record<Topic, number>> = {
  CatalogEvents: 6,
  OrderEvents: 6,
  PaymentEvents: 6,
  ProductEvents: 6,
};

/** Which services publish on each topic. */
export const publishers: Readonly<Record<Topic, readonly string[]>> = {
  CatalogEvents: ['order_service'],
  OrderEvents: ['catalog_service', 'payment_service', 'order_service'],
  PaymentEvents: ['order_service'],
  ProductEvents: ['catalog_service'],
};

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
