import { createLogger } from '@shop/service-kit';
import { createUserService, readConfig } from 'user_service';
import {
  afterThisTest,
  aRegistration,
  createUserDatabase,
  environmentFor,
  startHarness,
} from './support/harness.ts';

const logger = createLogger({ name: 'test', level: 'silent' });
const users = 'SELECT email, username, role FROM users ORDER BY email';

describe('seeding', () => {
  it('makes the demo accounts in a demo', async () => {
    const shop = await startHarness({ environment: { SHOP_DEMO: '1' } });
    afterThisTest(shop.stop);
    expect(await shop.database.sql(users)).toEqual([
      { email: 'admin@shop.test', username: 'admin', role: 'admin' },
      { email: 'demo@shop.test', username: 'demo', role: 'customer' },
    ]);
    const login = await shop.post('/login', { email: 'admin@shop.test', password: 'admin-password' });
    expect((await shop.get('/validate', login.body.token)).body.role).toBe('admin');
  });

  it('happens once, though several instances start at the same moment and again later', async () => {
    const database = await createUserDatabase();
    afterThisTest(database.drop);
    const config = readConfig({ ...environmentFor(database.url), SHOP_DEMO: '1' });
    for (const _round of [1, 2]) {
      const services = [1, 2, 3].map(() => createUserService(config, { logger }));
      await Promise.all(services.map((service) => service.start()));
      await Promise.all(services.map((service) => service.stop()));
    }
    expect(await database.sql(users)).toHaveLength(2);
  });

  it('makes no account otherwise', async () => {
    const shop = await startHarness({ environment: { SEED_DEMO_EMAIL: '', SEED_ADMIN_PASSWORD: '' } });
    afterThisTest(shop.stop);
    expect(await shop.database.sql(users)).toEqual([]);
  });

  it('makes an administrator that is asked for, and does not promote a customer', async () => {
    const environment = { SEED_ADMIN_EMAIL: 'Boss@shop.test', SEED_ADMIN_PASSWORD: 'very secret words' };
    const shop = await startHarness({ environment });
    afterThisTest(shop.stop);
    expect(await shop.database.sql(users)).toEqual([
      { email: 'Boss@shop.test', username: 'admin', role: 'admin' },
    ]);
    const registration = aRegistration();
    await shop.post('/register', registration);
    const config = readConfig({
      ...environmentFor(shop.database.url),
      SEED_ADMIN_EMAIL: registration.email,
      SEED_ADMIN_PASSWORD: 'very secret words',
    });
    const second = createUserService(config, { logger: shop.logger });
    await second.start();
    await second.stop();
    const [row] = await shop.database.sql('SELECT role FROM users WHERE email = $1', [registration.email]);
    expect(row).toEqual({ role: 'customer' });
    expect(shop.logged.join('')).toContain('exists with another role');
  });

  it('refuses to be a shop for strangers while a password of its demo opens an account', async () => {
    const demo = await startHarness({ environment: { SHOP_DEMO: '1' } });
    afterThisTest(demo.stop);
    const start = async (settings: Record<string, string>) => {
      const config = readConfig({ ...environmentFor(demo.database.url), ...settings });
      const service = createUserService(config, { logger: demo.logger });
      await service.start().finally(service.stop);
    };
    const admin = { SEED_ADMIN_EMAIL: 'admin@shop.test', SEED_ADMIN_PASSWORD: 'very secret words' };
    const customer = { SEED_DEMO_EMAIL: 'Demo@shop.test', SEED_DEMO_PASSWORD: 'other secret words' };

    await expect(start({})).rejects.toThrow(
      /SEED_ADMIN_PASSWORD must .*admin@shop.test[\s\S]*SEED_DEMO_PASSWORD/,
    );
    await expect(start(admin)).rejects.toThrow(/SEED_DEMO_PASSWORD must replace the password of the demo/);
    await start({ ...admin, ...customer });
    await start({});

    const login = (email: string, password: string) => demo.post('/login', { email, password });
    expect((await login('admin@shop.test', 'admin-password')).status).toBe(401);
    expect((await login('admin@shop.test', 'very secret words')).status).toBe(200);
    expect((await login('demo@shop.test', 'other secret words')).status).toBe(200);

    await start({ ...admin, SEED_ADMIN_PASSWORD: 'words of next year' });
    expect((await login('admin@shop.test', 'very secret words')).status).toBe(200);
    expect(demo.logged.join('')).toContain('a password to be seeded is not that of the account');
  });
});
