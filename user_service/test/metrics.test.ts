import { createLogger } from '@shop/service-kit';
import { createPasswordPool } from '../src/services/password-pool.ts';
import { aRegistration, type Harness, startHarness } from './support/harness.ts';

const logger = createLogger({ name: 'test', level: 'silent' });
const passwords = createPasswordPool({ rounds: 4, logger, threads: 1 });
let shop: Harness;
beforeAll(async () => {
  shop = await startHarness({ passwords: { ...passwords, waiting: () => 3 } });
});
afterAll(() => shop.stop());

it('the metrics tell of registrations, of log-ins by how they ended, and of waiting passwords', async () => {
  const registration = aRegistration();
  await shop.post('/register', registration);
  await shop.post('/register', registration);
  await shop.post('/login', registration);
  await shop.post('/auth/login', registration);
  await shop.post('/login', { ...registration, password: 'wrong horse' });
  // Never tried, so no log-in.
  await shop.post('/login', {});

  const metrics = await shop.metrics();

  const own = metrics.split('\n').filter((line) => /^(registrations|logins|password_queue)/.test(line));
  expect(own).toEqual([
    'registrations_total{service="user_service"} 1',
    'logins_total{outcome="succeeded",service="user_service"} 2',
    'logins_total{outcome="invalid-credentials",service="user_service"} 1',
    'password_queue_length{service="user_service"} 3',
  ]);
});

it('passwords wait when all threads are at work', async () => {
  const underWay = ['one', 'two', 'three'].map((password) => passwords.hash(password));
  expect(passwords.waiting()).toBe(2);
  await Promise.all(underWay);
  expect(passwords.waiting()).toBe(0);
});
