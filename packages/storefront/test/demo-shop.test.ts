import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { type Harness, replyTo, startHarness } from './support/harness.ts';

const built = (path: string) => readFileSync(new URL(`../dist/shop${path}`, import.meta.url));
/** What a browser sends when it opens an address. */
const accept = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

let shop: Harness;
afterEach(() => shop.stop());

const open = (path: string, headers: Record<string, string> = {}) =>
  replyTo(shop.request(path, { headers: { accept, ...headers } }).end());

/** The scripts and styles that the page names. */
const assetsOf = (page: string) =>
  [...page.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path = '']) => path);

it.each(['/', '/products/7', '/admin/orders', '/?search=lamp'])('opens the page at %s', async (path) => {
  shop = await startHarness();
  const page = await open(path);
  expect([page.status, page.body]).toEqual([200, built('/index.html').toString()]);
  expect(page.headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-cache',
  });
  expect(page.headers.vary).toMatch(/Accept\b(?!-)/);
  const again = await open(path, { 'if-none-match': page.headers.etag ?? '' });
  expect([again.status, again.body]).toEqual([304, '']);
});

it('has its files cached for good, and sends them compressed', async () => {
  shop = await startHarness();
  const paths = assetsOf((await open('/')).body);
  expect(paths.length).toBeGreaterThan(2);
  for (const path of paths) {
    const plain = await open(path);
    expect([plain.status, plain.headers['cache-control']]).toEqual([
      200,
      'public, max-age=31536000, immutable',
    ]);
    expect(plain.headers['content-encoding']).toBeUndefined();
    for (const [encodings, chosen] of [
      ['gzip, deflate, br, zstd', 'br'],
      ['gzip', 'gzip'],
    ] as const) {
      const compressed = await open(path, { 'accept-encoding': encodings });
      expect(compressed.headers).toMatchObject({
        'content-encoding': chosen,
        'content-type': expect.stringContaining(String(plain.headers['content-type']).split(';')[0] ?? ''),
        'content-length': String(built(`${path}.${chosen === 'br' ? 'br' : 'gz'}`).length),
      });
      expect(compressed.headers.vary).toContain('Accept-Encoding');
    }
  }
});

it('loads less than 120 kB of script at first', async () => {
  shop = await startHarness();
  const scripts = assetsOf((await open('/')).body).filter((path) => path.endsWith('.js'));
  const bytes = scripts.reduce((sum, path) => sum + gzipSync(built(path)).length, 0);
  expect(bytes).toBeGreaterThan(10_000);
  expect(bytes).toBeLessThan(120_000);
});

it('leaves to others what is not for people to look at', async () => {
  shop = await startHarness();
  expect(await (await fetch(shop.url)).json()).toMatchObject({ docs: '/docs' });
  expect(await (await fetch(shop.url, { headers: { accept: 'application/json' } })).json()).toMatchObject({
    name: 'shop',
  });
  expect((await fetch(`${shop.url}/products/7`)).status).toBe(404);
  expect(JSON.parse((await open('/api/nowhere')).body)).toMatchObject({ code: 'route-not-found' });
  expect((await open('/docs/')).body).toContain('swagger');
  expect(JSON.parse((await open('/healthz')).body)).toBeDefined();
  const post = await replyTo(shop.request('/products/7', { method: 'POST', headers: { accept } }).end());
  expect(post.status).toBe(404);
});

it.each([
  '/assets/nothing.js',
  '/assets/%2e%2e/shop.sources',
  '/assets/../../package.json',
  '/assets/%E0%A4%A',
])('has no file %s', async (path) => {
  shop = await startHarness();
  const reply = await open(path, { 'accept-encoding': 'br' });
  expect([400, 404]).toContain(reply.status);
  expect(reply.headers['content-type']).toContain('application/problem+json');
  expect(reply.headers['content-encoding']).toBeUndefined();
});

const settingsOf = async () => JSON.parse((await open('/config.json')).body);
const policyOf = async () => String((await open('/')).headers['content-security-policy']);

it('allows no script, style or connection of another host, but that to the offline Stripe', async () => {
  shop = await startHarness({ offlineStripeUrl: 'http://localhost:12111' });
  expect(await settingsOf()).toEqual({ stripe: { offlineUrl: 'http://localhost:12111' } });
  expect((await policyOf()).split('; ')).toEqual([
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' https: http:",
    "connect-src 'self' http://localhost:12111",
    "frame-src 'none'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ]);
});

it('allows Stripe what Stripe needs, when there is a key of an account', async () => {
  shop = await startHarness({
    stripePublishableKey: 'pk_test_1',
    offlineStripeUrl: 'http://localhost:12111',
  });
  expect(await settingsOf()).toEqual({ stripe: { publishableKey: 'pk_test_1' } });
  const policy = await policyOf();
  expect(policy).toContain("script-src 'self' https://js.stripe.com https://*.js.stripe.com;");
  expect(policy).toContain(
    'frame-src https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com;',
  );
  expect(policy).toContain("connect-src 'self' https://api.stripe.com;");
  expect(policy).not.toContain('localhost');
});

it('can be left out', async () => {
  shop = await startHarness({ demoShop: false });
  expect(JSON.parse((await open('/')).body)).toMatchObject({ name: 'shop' });
  expect((await open('/cart')).status).toBe(404);
});
