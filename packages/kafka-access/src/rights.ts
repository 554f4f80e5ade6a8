import { consumerGroups, publishers, type Topic, topics } from '@shop/contracts';
import { deadLetterTopic } from '@shop/messaging';

/** Who connects to Kafka: the services that have to do with events, and what an operator runs. */
export const principals = [
  'catalog_service',
  'order_service',
  'payment_service',
  'doctor',
  'operator',
] as const;
export type Principal = (typeof principals)[number];

export type Operation = 'DESCRIBE' | 'READ' | 'WRITE' | 'DELETE';

/** What may be done with a topic or a group, or with all whose name begins so. */
export interface Right {
  readonly on: 'TOPIC' | 'GROUP';
  readonly name: string;
  readonly isPrefix?: boolean;
  readonly may: readonly Operation[];
}

/** Who handles what. The search index is fed by a group that need not be there. */
const consumers: readonly { readonly service: string; readonly topic: Topic; readonly group: string }[] = [
  ...topics.flatMap((topic) => consumerGroups[topic].map((group) => ({ service: group, topic, group }))),
  { service: 'catalog_service', topic: 'ProductEvents', group: 'catalog_search_indexer' },
];

const topic = (name: string, ...may: Operation[]): Right => ({ on: 'TOPIC', name, may });
const group = (name: string, ...may: Operation[]): Right => ({ on: 'GROUP', name, may });

/** Each service looks whether all topics are there before it starts. */
const describeAll = topics.flatMap((name) => [
  topic(name, 'DESCRIBE'),
  topic(deadLetterTopic(name), 'DESCRIBE'),
]);

const ofService = (service: string): readonly Right[] => [
  ...topics.filter((name) => publishers[name].includes(service)).map((name) => topic(name, 'WRITE')),
  ...consumers
    .filter((consumer) => consumer.service === service)
    .flatMap((consumer) => [
      topic(consumer.topic, 'READ'),
      group(consumer.group, 'READ'),
      topic(deadLetterTopic(consumer.topic), 'WRITE'),
    ]),
];

/** Dead letters are read by a group of its own each time, which is deleted again. */
const readDeadLetters = [
  ...topics.map((name) => topic(deadLetterTopic(name), 'READ')),
  { ...group('dead-letters-', 'READ', 'DELETE'), isPrefix: true },
];

/**
 * What a principal may do, and all that it may do. It follows from who publishes and who handles what, as
 * `@shop/contracts` says.
 */
export function rightsOf(principal: Principal): readonly Right[] {
  if (principal === 'doctor')
    return [
      ...describeAll,
      ...readDeadLetters,
      // How far each has come.
      ...consumers.map((consumer) => group(consumer.group, 'DESCRIBE')),
    ];
  if (principal === 'operator')
    return [
      ...describeAll,
      ...readDeadLetters,
      // An event is sent again, its letter marked as done, and what is done is deleted.
      ...topics.flatMap((name) => [topic(name, 'WRITE'), topic(deadLetterTopic(name), 'WRITE', 'DELETE')]),
    ];
  return [...describeAll, ...ofService(principal)];
}
