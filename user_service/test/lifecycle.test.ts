import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { createLogger } from '@shop/service-kit';
import { startTcpProxy, waitFor } from '@shop/testing';
import { createUserService, migrateUserDatabase, readConfig } from 'user_service';
import {
  afterThisTest,
  aRegistration,
  createUserDatabase,
  environmentFor,
  observer,
  startHarness,
} from './support/harness.ts';

const logger = createLogger({ name: 'test', level: 'silent' });

describe('the service', () => {
  it('says how it is', async () => {
    const shop = await startHarness();
    afterThisTest(shop.stop);
    expect((await shop.get('/healthz')).status).toBe(200);
    expect((await shop.get('/readyz')).body).toEqual({ status: 'ready', failed: [], degraded: [] });
    expect((await shop.get('/nowhere')).body.code).toBe('route-not-found');
    await shop.service.stop();
    await expect(fetch(`${shop.baseUrl}/healthz`)).rejects.toThrow();
  });

  it('may be stopped before it is started, and twice', async () => {
    const service = createUserService(readConfig(environmentFor('postgres://x@127.0.0.1:1/x')), { logger });
    await service.stop();
    await service.stop();
  });

  it('leaves nothing open when its port is taken', async () => {
    const database = await createUserDatabase();
    afterThisTest(database.drop);
    const squatter = createServer().listen(0, '127.0.0.1');
    afterThisTest(async () => squatter.close());
    await new Promise((resolve) => squatter.once('listening', resolve));
    const PORT = String((squatter.address() as AddressInfo).port);
    const config = readConfig({ ...environmentFor(database.url), PORT, SHOP_DEMO: '1' });
    await expect(createUserService(config, { logger }).start()).rejects.toMatchObject({ code: 'EADDRINUSE' });
    const connections = `SELECT FROM pg_stat_activity
      WHERE application_name = 'user_service' AND datname = current_database()`;
    const allClosed = async () => (await database.sql(connections)).length === 0;
    expect(await waitFor(allClosed, { what: 'the connections to be closed' })).toBe(true);
  });

  it('is 503, not 500, while its database is away', async () => {
    const database = await createUserDatabase();
    afterThisTest(database.drop);
    const network = await startTcpProxy(database.url);
    afterThisTest(network.close);
    const config = readConfig(environmentFor(network.url));
    const service = createUserService(config, { logger, observer });
    afterThisTest(service.stop);
    const { port } = await service.start();
    network.cut();
    const login = await fetch(`http://127.0.0.1:${port}/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'ada@shop.test', password: 'correct horse' }),
    });
    expect(login.status).toBe(503);
    expect(login.headers.get('retry-after')).not.toBeNull();
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(503);
  });

  it('refuses those who wait for a password thread as soon as it stops, and answers the others', async () => {
    const shop = await startHarness({ environment: { BCRYPT_ROUNDS: '10' } });
    afterThisTest(shop.stop);
    const replies = Array.from({ length: 30 }, () => shop.post('/register', aRegistration()));
    const waiting = async () => /^password_queue_length\S* [1-9]/m.test(await shop.metrics());
    await waitFor(waiting, { what: 'some to wait' });
    await shop.service.stop();
    const busy = (await Promise.all(replies)).filter(({ status }) => status !== 201);
    expect(busy.length).toBeGreaterThan(10);
    for (const { status, body, headers } of busy)
      expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'busy', '2']);
  });

  it('can be imported and signs as plain JavaScript', async () => {
    const built = new URL('../dist/', import.meta.url).href;
    const script = `
      import { generateKeyPairSync } from 'node:crypto';
      import * as service from '${built}index.js';
      import { generateToken } from '${built}routes/authRoutes.routes.js';
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const signer = { privateKey, keyId: 'k', issuer: 'i', audience: 'a' };
      const token = generateToken({ id: 1, email: 'e', role: 'customer' }, signer);
      console.log(Object.keys(service).sort().join(), token.split('.').length);`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
    expect(stdout.trim()).toBe('createUserService,document,migrateUserDatabase,readConfig 3');
  });
});

describe('migrations', () => {
  it('may run several times at the same moment', async () => {
    const database = await createUserDatabase();
    afterThisTest(database.drop);
    await database.sql(
      'DROP TABLE audit, api_keys, recovery_codes, second_factors, mails, mail_tokens, refresh_tokens, sessions, addresses, users, rate_limits, pgmigrations',
    );
    await Promise.all(Array.from({ length: 5 }, () => migrateUserDatabase(database.ownerUrl)));
    const rows = await database.sql('SELECT name FROM pgmigrations');
    expect(rows).toEqual([
      { name: '1763800000000_create-users' },
      { name: '1764200000000_canonical-emails' },
      { name: '1764300000000_guests' },
      { name: '1764400000000_addresses' },
      { name: '1764500000000_old-guests' },
      { name: '1764600000000_sessions' },
      { name: '1764710000000_password-costs' },
      { name: '1764800000000_mails' },
      { name: '1764900000000_erasure' },
      { name: '1765000000000_api-keys' },
      { name: '1765050000000_second-factors' },
      { name: '1765060000000_audit' },
      { name: '1765070000000_erased-at' },
    ]);
    expect(await database.sql('SELECT * FROM users')).toEqual([]);
  });
});
