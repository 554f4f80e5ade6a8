import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ConfigError } from '@shop/service-kit';
import { readConfig } from '@shop/storefront';

const urls = {
  USER_SERVICE_URL: 'http://127.0.0.1:6000/',
  CATALOG_SERVICE_URL: 'http://127.0.0.1:8000',
  ORDER_SERVICE_URL: 'http://127.0.0.1:9000',
  PAYMENT_SERVICE_URL: 'http://127.0.0.1:6002',
};

describe('the settings', () => {
  it('are read', () => {
    expect(readConfig({ ...urls, CORS_ORIGINS: 'https://a.test, https://b.test', TRUST_PROXY: '1' })).toEqual(
      {
        port: 3000,
        host: '127.0.0.1',
        userServiceUrl: ['http://127.0.0.1:6000'],
        catalogServiceUrl: ['http://127.0.0.1:8000'],
        orderServiceUrl: ['http://127.0.0.1:9000'],
        paymentServiceUrl: ['http://127.0.0.1:6002'],
        shutdownPauseMs: 0,
        corsOrigins: ['https://a.test', 'https://b.test'],
        trustProxy: 1,
        jwtIssuer: 'shop',
        jwtAudience: 'shop',
        limitClients: true,
        readsPerAddress: { points: 6_000, duration: 10 },
        readsPerUser: { points: 2_000, duration: 10 },
        writesPerAddress: { points: 1_000, duration: 10 },
        writesPerUser: { points: 200, duration: 10 },
        expensivePerAddress: { points: 500, duration: 10 },
        expensivePerUser: { points: 100, duration: 10 },
        requestsAtOncePerAddress: 100,
        forwardedAtOncePerAddress: 2,
        streamsPerAddress: 200,
        connectionsPerAddress: 500,
        demoShop: true,
        stripePublishableKey: '',
        offlineStripeUrl: '',
      },
    );
  });

  it('may name the proxies to believe', () => {
    const { trustProxy } = readConfig({ ...urls, TRUST_PROXY: 'loopback, 10.0.0.0/8' });
    expect(trustProxy).toEqual(['loopback', '10.0.0.0/8']);
  });

  it('are all named when they are missing or wrong', () => {
    const wrong = {
      PORT: 'x',
      USER_SERVICE_URL: undefined,
      ORDER_SERVICE_URL: 'nowhere',
      TRUST_PROXY: 'true',
    };
    const read = () => readConfig({ ...urls, ...wrong });
    expect(read).toThrow(ConfigError);
    for (const name of Object.keys(wrong)) expect(read).toThrow(name);
  });
});

describe('the package', () => {
  it('can be imported as plain JavaScript', async () => {
    const built = new URL('../dist/index.js', import.meta.url).href;
    const script = `console.log(Object.keys(await import('${built}')).sort().join())`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
    expect(stdout.trim()).toBe('createStorefront,readConfig');
  });
});
