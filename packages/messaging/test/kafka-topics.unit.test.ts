import { replicationFor } from '../src/kafka/topics.ts';

it.each([
  [
    'three copies, of which two have an event, on three brokers',
    3,
    {},
    { replicationFactor: 3, minInsyncReplicas: 2 },
  ],
  ['the same on more', 5, {}, { replicationFactor: 3, minInsyncReplicas: 2 }],
  ['what the brokers do by themselves on two', 2, {}, {}],
  [
    'what it is told',
    3,
    { replicationFactor: 2, minInsyncReplicas: 1 },
    { replicationFactor: 2, minInsyncReplicas: 1 },
  ],
  ['no more than it is told: one copy cannot be two', 3, { replicationFactor: 1 }, { replicationFactor: 1 }],
])('a topic is created with %s', (_what, brokers, told, expected) => {
  expect(replicationFor(brokers, told)).toEqual(expected);
});
