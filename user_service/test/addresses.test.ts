import { aCustomer, aGuest, type Harness, startHarness } from './support/harness.ts';

let shop: Harness;
beforeAll(async () => {
  shop = await startHarness({ environment: { REGISTRATIONS_PER_ADDRESS: '1000/1h' } });
});
afterAll(() => shop.stop());

const address = {
  line1: 'Hauptstraße 1',
  line2: 'Hof',
  city: 'Berlin',
  state: 'BE',
  postalCode: '10115',
  country: 'DE',
};
const home = { name: 'Ada Byron', phone: '+49 30 5550000', address };
const work = { name: 'Ada', address: { line1: 'Main St 1', country: 'US' } };

async function aUser() {
  const { token, id } = await aGuest(shop);
  const send = shop.as(token);
  return {
    id,
    send,
    add: async (body: object = work) => (await send('POST', '/addresses', body)).body as { id: number },
    list: async () => (await send('GET', '/addresses')).body.items as { id: number; isDefault: boolean }[],
    /** The ids, that of the default one first. */
    ids: async () => {
      const { items } = (await send('GET', '/addresses')).body;
      const defaults = items.filter(({ isDefault }: { isDefault: boolean }) => isDefault);
      expect(defaults).toEqual(items.slice(0, 1));
      return items.map((item: { id: number }) => item.id);
    },
  };
}

it('are kept as they were given, and can be read, replaced and forgotten', async () => {
  const { token } = await aCustomer(shop);
  const send = shop.as(token);
  expect((await send('GET', '/addresses')).body).toEqual({ items: [] });

  const added = await send('POST', '/addresses', home);
  expect(added).toMatchObject({ status: 201, body: { ...home, isDefault: true } });
  expect(added.headers.get('cache-control')).toBe('no-store');
  const path = `/addresses/${added.body.id}`;
  expect((await send('GET', path)).body).toEqual(added.body);
  expect((await send('GET', '/addresses')).body).toEqual({ items: [added.body] });

  const replaced = await send('PUT', path, work);
  expect(replaced).toMatchObject({ status: 200, body: { ...work, id: added.body.id, isDefault: true } });
  expect(replaced.body).not.toHaveProperty('phone');
  expect((await send('GET', path)).body).toEqual(replaced.body);

  expect((await send('DELETE', path)).status).toBe(204);
  for (const method of ['GET', 'PUT', 'DELETE'])
    expect(await send(method, path, method === 'PUT' ? work : undefined)).toMatchObject({
      status: 404,
      body: { code: 'address-not-found' },
    });
});

describe('the default address', () => {
  it('is the first one, until another is', async () => {
    const user = await aUser();
    const first = await user.add({ ...work, isDefault: false });
    const second = await user.add();
    expect(await user.ids()).toEqual([first.id, second.id]);
    const third = await user.add({ ...work, isDefault: true });
    expect(await user.ids()).toEqual([third.id, second.id, first.id]);
    const path = `/addresses/${second.id}`;
    expect((await user.send('PUT', path, { ...home, isDefault: true })).body).toMatchObject({
      isDefault: true,
    });
    expect(await user.ids()).toEqual([second.id, third.id, first.id]);
    expect((await user.send('PUT', path, { ...home, isDefault: false })).body).toMatchObject({
      isDefault: true,
    });
    expect((await user.send('PUT', path, home)).body).toMatchObject({ isDefault: true });
    expect(await user.ids()).toEqual([second.id, third.id, first.id]);
  });

  it('is the newest of the others when it is forgotten', async () => {
    const user = await aUser();
    const [first, second, third] = [await user.add(), await user.add(), await user.add()];
    await user.send('DELETE', `/addresses/${first.id}`);
    expect(await user.ids()).toEqual([third.id, second.id]);
    await user.send('DELETE', `/addresses/${second.id}`);
    expect(await user.ids()).toEqual([third.id]);
    await user.send('DELETE', `/addresses/${third.id}`);
    expect(await user.ids()).toEqual([]);
    const again = await user.add();
    expect(await user.ids()).toEqual([again.id]);
  });

  it('is one, whatever is asked for at the same moment', async () => {
    const user = await aUser();
    const added = await Promise.all(Array.from({ length: 5 }, () => user.send('POST', '/addresses', work)));
    expect(added.map(({ status }) => status)).toEqual(Array(5).fill(201));
    const ids: number[] = await user.ids();
    expect(ids).toHaveLength(5);
    const replies = await Promise.all(
      ids.map((id, index) =>
        index % 3 === 0
          ? user.send('DELETE', `/addresses/${id}`)
          : user.send('PUT', `/addresses/${id}`, { ...work, isDefault: true }),
      ),
    );
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200, 204]));
    expect(await user.ids()).toHaveLength(3);
  });
});

it('are at most fifty of one user, also at the same moment', async () => {
  const user = await aUser();
  await shop.database.sql(
    `INSERT INTO addresses (user_id, name, address, is_default)
     SELECT $1, 'Ada', '{"line1":"Main St 1","country":"US"}', n = 1 FROM generate_series(1, 48) AS n`,
    [user.id],
  );
  const replies = await Promise.all(Array.from({ length: 5 }, () => user.send('POST', '/addresses', work)));
  expect(replies.map(({ status }) => status).sort()).toEqual([201, 201, 409, 409, 409]);
  expect(replies.find(({ status }) => status === 409)?.body.code).toBe('addresses-full');
  const [, last] = await user.list();
  await user.send('DELETE', `/addresses/${last?.id}`);
  expect((await user.send('POST', '/addresses', work)).status).toBe(201);
});

it('are there for their owner only', async () => {
  const owner = await aUser();
  const { id } = await owner.add();
  const before = await owner.list();
  const [{ id: adminId }] = (await shop.database.sql<{ id: number }>(
    `INSERT INTO users (username, email, password_hash, role) SELECT 'Root', 'root@shop.test', password_hash, 'admin'
     FROM users WHERE id = $1 RETURNING id`,
    [(await aCustomer(shop)).id],
  )) as [{ id: number }];
  expect(adminId).toBeGreaterThan(0);
  const { body } = await shop.post('/login', { email: 'root@shop.test', password: 'correct horse 1' });
  for (const send of [(await aUser()).send, shop.as(body.token)]) {
    expect((await send('GET', '/addresses')).body).toEqual({ items: [] });
    for (const method of ['GET', 'PUT', 'DELETE'])
      expect(
        await send(method, `/addresses/${id}`, method === 'PUT' ? { ...home, isDefault: true } : undefined),
      ).toMatchObject({
        status: 404,
        body: { code: 'address-not-found' },
      });
  }
  expect(await owner.list()).toEqual(before);
});

it('stay with a guest who registers', async () => {
  const { token, headers } = await aGuest(shop);
  const { body: kept } = await shop.as(token)('POST', '/addresses', home);
  const registration = { username: 'Ada', email: 'ada-of-addresses@shop.test', password: 'correct horse' };
  await shop.post('/register', registration, headers);
  const login = await shop.post('/login', registration);
  expect((await shop.get('/addresses', login.body.token)).body).toEqual({ items: [kept] });
});

describe('bad input', () => {
  const inAddress = (change: object) => ({ ...home, address: { ...address, ...change } });

  it.each([
    ['nothing', {}, ['name', 'address']],
    ['a list', [], ['body']],
    ['null', 'null', ['body']],
    ['an unknown member', { ...home, id: 7 }, ['id']],
    ['another owner', { ...home, userId: 1 }, ['userId']],
    ['a default that is a text', { ...home, isDefault: 'true' }, ['isDefault']],
    ['numbers for texts', { ...home, name: 1, phone: 2 }, ['name', 'phone']],
    ['blank texts', { ...home, name: ' ', phone: '' }, ['name', 'phone']],
    ['null for a text', { ...home, phone: null }, ['phone']],
    ['NUL', inAddress({ line1: 'a\0b' }), ['address.line1']],
    ['a line end', inAddress({ city: 'Ber\nlin' }), ['address.city']],
    ['half a character', '{"name":"\\ud83d","address":{"line1":"a","country":"DE"}}', ['name']],
    ['a long text', inAddress({ postalCode: '1'.repeat(201) }), ['address.postalCode']],
    ['no street and no country', { ...home, address: {} }, ['address.line1', 'address.country']],
    ['an unknown member of the address', inAddress({ zip: '10115' }), ['address.zip']],
    ['a country in small letters', inAddress({ country: 'de' }), ['address.country']],
    ['a country that is none', inAddress({ country: 'XX' }), ['address.country']],
    ['a country by its name', inAddress({ country: 'Germany' }), ['address.country']],
    ['an address that is a text', { ...home, address: 'Hauptstraße 1' }, ['address']],
  ])('%s is refused, and nothing is changed', async (_name, body, fields) => {
    const user = await aUser();
    const { id } = await user.add(home);
    const before = await user.list();
    for (const [method, path] of [
      ['POST', '/addresses'],
      ['PUT', `/addresses/${id}`],
    ] as const) {
      const reply = await user.send(method, path, body);
      expect(reply).toMatchObject({ status: 400, body: { code: 'validation-failed' } });
      const named = reply.body.errors.map(({ field }: { field: string }) => field);
      expect([...new Set(named)]).toEqual(fields);
    }
    expect(await user.list()).toEqual(before);
  });

  it.each(['0', '-1', '1.5', 'x', '2147483648', '99999999999999999999', '%00', "1'--"])(
    'an id such as %s is refused',
    async (id) => {
      const { send } = await aUser();
      for (const method of ['GET', 'PUT', 'DELETE']) {
        const reply = await send(method, `/addresses/${id}`, method === 'PUT' ? work : undefined);
        expect(reply).toMatchObject({ status: 400, body: { code: 'validation-failed' } });
      }
    },
  );
});
