import { generateKeyPairSync } from 'node:crypto';
import { createLogger } from '@shop/service-kit';
import { createContractCheck, createTestDatabase } from '@shop/testing';
import { createUserService, migrateUserDatabase, readConfig, type UserServiceDeps } from 'user_service';
import { document } from '../../src/generated/openapi.ts';

export interface HarnessOptions extends Partial<UserServiceDeps> {
  environment?: Record<string, string>;
}

export interface Reply {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into replies of every shape
  body: any;
}

export const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
export const privateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
export const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();

export const serviceSecret = 'a secret that only services of this test know';

export const environmentFor = (databaseUrl: string) => ({
  DATABASE_URL: databaseUrl,
  PORT: '0',
  BCRYPT_ROUNDS: '4',
  JWT_PRIVATE_KEY: privateKeyPem,
  SERVICE_SECRETS: serviceSecret,
});

export const createUserDatabase = () =>
  createTestDatabase({ template: 'users', schema: 'users', migrate: migrateUserDatabase });

const contract = createContractCheck(document);
/** For services that a test makes without the harness. */
export const { observer } = contract;

let reported = 0;
afterEach(() => {
  const violations = contract.violations().slice(reported);
  reported += violations.length;
  expect(violations).toEqual([]);
});

const cleanUps: (() => Promise<unknown>)[] = [];

/** Runs after the test at hand, also when it fails: what is left open would keep jest from ending. */
export const afterThisTest = (cleanUp: () => Promise<unknown>) => cleanUps.push(cleanUp);

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** The service as `main.ts` runs it, on a database of its own. */
export async function startHarness({ environment, ...deps }: HarnessOptions = {}) {
  const database = await createUserDatabase();
  const logged: string[] = [];
  const logger = createLogger({
    name: 'user_service',
    level: 'trace',
    destination: { write: (line) => void logged.push(line) },
  });
  const config = readConfig({ ...environmentFor(database.url), ...environment });
  const service = createUserService(config, { logger, observer, ...deps });
  const { port, metricsPort } = await service.start();
  const baseUrl = `http://127.0.0.1:${port}`;
  return {
    service,
    baseUrl,
    database,
    config,
    logger,
    logged,
    /** What Prometheus reads. */
    metrics: async () => (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text(),
    get: (path: string, token?: string) =>
      send(`${baseUrl}${path}`, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } }),
    post: (path: string, body: unknown, headers: Record<string, string> = {}) =>
      send(`${baseUrl}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
      }),
    /** With a token, as the user whose it is. */
    as: (token: string) => (method: string, path: string, body?: unknown) =>
      send(`${baseUrl}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
    stop: async () => {
      await service.stop();
      await database.drop();
    },
  };
}

export type Harness = Awaited<ReturnType<typeof startHarness>>;

async function send(url: string, init: RequestInit): Promise<Reply> {
  const response = await fetch(url, init);
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: /json$/.test(response.headers.get('content-type')?.split(';')[0] ?? '') ? JSON.parse(text) : text,
  };
}

/** A new guest: the token, and the id that it names. */
export async function aGuest({ post, get }: Pick<Harness, 'post' | 'get'>) {
  const { token } = (await post('/guest', {})).body as { token: string };
  const { id } = (await get('/validate', token)).body as { id: number };
  return { token, id, headers: { authorization: `Bearer ${token}` } };
}

/** A new customer who has logged in. */
export async function aCustomer({ post }: Pick<Harness, 'post'>) {
  const registration = aRegistration();
  const { user } = (await post('/register', registration)).body as { user: { id: number } };
  const { token, refreshToken } = (await post('/login', registration)).body as Record<
    'token' | 'refreshToken',
    string
  >;
  return { token, refreshToken, id: user.id, registration };
}

let registered = 0;

/** A customer who was made an administrator, and has logged in. */
export async function anAdmin({ post, database }: Pick<Harness, 'post' | 'database'>) {
  const registration = aRegistration();
  const { user } = (await post('/register', registration)).body;
  await database.sql(`UPDATE users SET role = 'admin' WHERE id = $1`, [user.id]);
  const { body } = await post('/login', registration);
  return { registration, token: body.token as string };
}

export const aRegistration = () => {
  registered += 1;
  return {
    username: `User ${registered}`,
    email: `user${registered}@shop.test`,
    password: 'correct horse 1',
  };
};
