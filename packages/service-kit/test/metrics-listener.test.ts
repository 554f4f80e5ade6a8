import {
  createHttpService,
  createLogger,
  createMetrics,
  httpSettings,
  metricsPortOf,
  readSettings,
} from '@shop/service-kit';

const logger = createLogger({ name: 'test', level: 'silent' });
let stop: () => Promise<unknown>;
afterEach(() => stop());

async function start(environment: Record<string, string> = {}) {
  const config = readSettings({ PORT: '0', ...environment }, httpSettings(9_000));
  const metrics = createMetrics('test_service');
  const health = { required: {} };
  const service = createHttpService({ config, logger, metrics, health, routes: [], open: async () => {} });
  stop = service.stop;
  return service.start();
}

const ask = (port: number | undefined, path: string) => fetch(`http://127.0.0.1:${port}${path}`);

it('tells the metrics on a port of their own, and nothing else there', async () => {
  const { port, metricsPort } = await start();
  const reply = await ask(metricsPort, '/metrics');

  expect([reply.status, reply.headers.get('content-type')]).toEqual([
    200,
    expect.stringMatching(/^text\/plain/),
  ]);
  expect(await reply.text()).toContain('nodejs_eventloop_lag_seconds{service="test_service"}');
  const elsewhere = [await ask(port, '/metrics'), await ask(metricsPort, '/healthz')];
  for (const { status, headers } of elsewhere)
    expect([status, headers.get('content-type')]).toEqual([404, expect.stringContaining('problem+json')]);
});

it('is closed with the service, and not there at all when it is off', async () => {
  const { metricsPort } = await start();
  await stop();
  await expect(ask(metricsPort, '/metrics')).rejects.toThrow();
  expect((await start({ METRICS_PORT: 'off' })).metricsPort).toBeUndefined();
});

it('is at a port that the one of the service tells', () => {
  stop = async () => {};
  expect([3_000, 6_002, 60_000, 0].map(metricsPortOf)).toEqual([13_000, 16_002, 50_000, 0]);
});
