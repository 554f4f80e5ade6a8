import { createLogger, scopes } from '@shop/service-kit';
import { createStorefront, readConfig } from '@shop/storefront';
import { operationsOf, routesOf } from '@shop/testing';
import { call, closeConnections, pathOf } from './authorization/call.ts';
import { type Row, rows } from './authorization/rows.ts';
import { type Caller, callers, expectedBy, mightier } from './authorization/rules.ts';
import { authorizationOfKey, settle, type World } from './authorization/world.ts';
import { openShop, type TestShop } from './support/shop.ts';

const services = ['user', 'catalog', 'order', 'payment'] as const;
const allRows = ([...services, 'storefront'] as const).flatMap((service) =>
  rows[service].map((row) => ({ service, operation: row[0], rule: row[1], row })),
);

let shop: TestShop;
let world: World;
beforeAll(async () => {
  shop = await openShop();
  world = await settle(shop);
}, 60_000);
afterAll(async () => {
  await closeConnections();
  await shop?.close();
}, 60_000);

const operationsIn = (table: readonly Row[]) =>
  [...new Set(table.map(([operation]) => operation.split('?')[0]))].sort();

it.each(services)('has a row for every operation of %s_service', async (service) => {
  const { document } = await import(`${service}_service`);
  expect(operationsIn(rows[service])).toEqual(operationsOf(document));
});

it('has a row for every route of the gateway', () => {
  const gateway = createStorefront(readConfig({ PORT: '0', ...gatewayUrls() }), {
    logger: createLogger({ name: 'storefront', level: 'silent' }),
  });
  const patterns = routesOf(gateway.app).map((route) => route.replaceAll(/[{}]/g, ''));
  expect(operationsIn(rows.storefront).map((operation) => operation?.replaceAll(/[{}]/g, ''))).toEqual(
    patterns,
  );
});

it.each(allRows)('$service: $operation is for $rule', async ({ service, row, rule }) => {
  const ask = async (caller: Caller) => [caller, await call(service, row, caller, world)] as const;
  const strangers = callers.filter((caller) => !mightier.some((name) => name === caller));
  const outcomes = await Promise.all(strangers.map(ask));
  for (const caller of mightier) outcomes.push(await ask(caller));
  expect(Object.fromEntries(outcomes)).toEqual(expectedBy(rule));
});

it.each(scopes)(
  'an API key with the scope %s comes to what asks for it, and to nothing else',
  async (scope) => {
    const authorization = await authorizationOfKey(shop, scope);
    const keyWorld = { ...world, authorization: () => authorization };
    const differences: string[] = [];
    for (const service of services) {
      const { document } = await import(`${service}_service`);
      for (const row of rows[service]) {
        const [operation, rule] = row;
        if (['everybody', 'tokens', 'keys'].includes(rule)) continue;
        const [method = '', path = ''] = operation.split(' ');
        const needed = document.paths[path.split('?')[0] ?? ''][method.toLowerCase()]['x-scope'];
        const outcome = await call(service, row, 'admin', keyWorld);
        const expected = needed === scope ? 'in' : rule === 'services' ? '401' : '403';
        if (outcome !== expected) differences.push(`${operation}: ${outcome}, not ${expected}`);
      }
    }
    expect(differences).toEqual([]);
  },
);

it('the gateway passes on what is for its clients, and nothing that is for inside', async () => {
  const clients = allRows.filter(({ service }) => service !== 'storefront');
  const outcomes = clients.map(async ({ operation, row }) => {
    const outcome = await call('storefront', row, 'nobody', world, `/api${pathOf(row, world)}`);
    return [operation, outcome];
  });
  expect(await Promise.all(outcomes)).toEqual(
    clients.map(({ operation, rule, row: [, , details] }) => [
      operation,
      details?.inside ? '404 route-not-found' : expectedBy(rule).nobody,
    ]),
  );
});

const gatewayUrls = () =>
  Object.fromEntries(
    services.map((service) => [`${service.toUpperCase()}_SERVICE_URL`, 'http://127.0.0.1:1']),
  );
