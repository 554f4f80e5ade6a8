import { createInstances } from '@shop/service-kit';
import { waitFor } from './support/wait-for.ts';

const all = (...addresses: string[]) =>
  addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

const inTurn = (instances: ReturnType<typeof createInstances>, count: number) =>
  Array.from({ length: count }, instances.next).sort();

it('a name of several addresses stands for as many instances, over http', async () => {
  let found = all('10.0.0.1', '10.0.0.2', 'fd00::1');
  const instances = createInstances(['http://orders:9000'], { lookup: async () => found });
  expect(instances.next()).toBe('http://orders:9000');
  await waitFor(() => instances.next() !== 'http://orders:9000');
  expect(inTurn(instances, 4)).toEqual([
    'http://10.0.0.1:9000',
    'http://10.0.0.1:9000',
    'http://10.0.0.2:9000',
    'http://10.0.0.2:9000',
  ]);

  found = all('fd00::1', 'fd00::2', '10.0.0.1');
  const others = createInstances(['http://orders:9000', 'https://orders'], { lookup: async () => found });
  others.next();
  await waitFor(() => others.next() !== 'http://orders:9000' && others.next() !== 'https://orders');
  expect(new Set(inTurn(others, 6))).toEqual(
    new Set(['http://[fd00::1]:9000', 'http://[fd00::2]:9000', 'https://orders']),
  );
});

it.each([
  ['has one address', async () => all('10.0.0.1')],
  ['has one address of each family', async () => all('::1', '127.0.0.1')],
  ['is not found', () => Promise.reject(new Error('ENOTFOUND'))],
])('a name stays when it %s', async (_, lookup) => {
  const instances = createInstances(['http://localhost:9000'], { lookup });
  for (let count = 0; count < 3; count++) {
    expect(instances.next()).toBe('http://localhost:9000');
    await new Promise((resolve) => setImmediate(resolve));
  }
});

it('those to be avoided are asked when all are, first the one that has been avoided for longest', () => {
  const instances = createInstances(['http://10.0.0.1', 'http://10.0.0.2', 'http://10.0.0.3']);
  instances.failed('http://10.0.0.1');
  instances.replied('http://10.0.0.2', { 'x-draining': '1' });
  expect(new Set(inTurn(instances, 6))).toEqual(new Set(['http://10.0.0.3']));
  instances.failed('http://10.0.0.3');
  expect(new Set(inTurn(instances, 6))).toEqual(new Set(['http://10.0.0.1']));
  expect(instances.other(new Set(['http://10.0.0.1']))).toBe('http://10.0.0.2');
  instances.replied('http://10.0.0.1', {});
  instances.replied('http://10.0.0.3', {});
  expect(new Set(inTurn(instances, 6))).toEqual(new Set(['http://10.0.0.1', 'http://10.0.0.3']));
});
