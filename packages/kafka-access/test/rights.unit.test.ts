import { topics } from '@shop/contracts';
import { type Principal, principals, rightsOf } from '@shop/kafka-access';
import { listRights } from '../src/list.ts';

const may = (principal: Principal, operation: string, on: 'TOPIC' | 'GROUP') =>
  rightsOf(principal)
    .filter((right) => right.on === on && right.may.some((one) => one === operation))
    .map(({ name }) => name)
    .sort();

it.each([
  [
    'catalog_service',
    ['CatalogEvents.dead-letter', 'OrderEvents', 'ProductEvents', 'ProductEvents.dead-letter'],
  ],
  ['order_service', ['CatalogEvents', 'OrderEvents', 'OrderEvents.dead-letter', 'PaymentEvents']],
  ['payment_service', ['OrderEvents', 'PaymentEvents.dead-letter']],
  ['doctor', []],
] as const)('%s writes what it publishes and puts aside, and nothing else', (service, written) => {
  expect(may(service, 'WRITE', 'TOPIC')).toEqual(written);
});

it.each([
  ['catalog_service', ['CatalogEvents', 'ProductEvents'], ['catalog_search_indexer', 'catalog_service']],
  ['order_service', ['OrderEvents'], ['order_service']],
  ['payment_service', ['PaymentEvents'], ['payment_service']],
] as const)('%s reads what it handles, and nothing else', (service, read, groups) => {
  expect(may(service, 'READ', 'TOPIC')).toEqual(read);
  expect(may(service, 'READ', 'GROUP')).toEqual(groups);
});

it('lets only an operator delete anything, and that only dead letters', () => {
  const dead = topics.map((topic) => `${topic}.dead-letter`).sort();
  for (const principal of principals)
    expect(may(principal, 'DELETE', 'TOPIC')).toEqual(principal === 'operator' ? dead : []);
});

it('can be listed, a line for each right', () => {
  const lines = listRights('eu-').split('\n');
  expect(lines).toContain('eu-payment_service WRITE topic eu-OrderEvents');
  expect(lines).toContain('eu-doctor READ,DELETE group eu-dead-letters-*');
});
