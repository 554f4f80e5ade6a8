import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startTracing } from '@shop/service-kit';
import { serve } from './support/local-server.ts';

/** What a process does that starts tracing with this environment, makes a span, and stops. */
async function run(environment: Record<string, string>) {
  const script = `
    import { createRequire } from 'node:module';
    const { currentTrace, withSpan, startTracing } = await import(process.argv[1]);
    const stop = await startTracing(process.env, 'order_service');
    const trace = await withSpan({ name: 'work' }, async () => currentTrace() ?? null);
    const stoppedAt = performance.now();
    await stop();
    const stopMs = performance.now() - stoppedAt;
    const loaded = Object.keys(createRequire(import.meta.url).cache).flatMap(
      (path) => /@opentelemetry\\/([^/]+)\\/build/.exec(path)?.[1] ?? []);
    process.stdout.write(JSON.stringify({ trace, loaded: [...new Set(loaded)], stopMs }), () => process.exit());`;
  const kit = fileURLToPath(new URL('../dist/index.js', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, kit], {
    env: { PATH: process.env['PATH'], ...environment },
  });
  return JSON.parse(stdout.slice(stdout.lastIndexOf('{"trace"')));
}

it.each([
  {},
  { OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' },
  { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_SDK_DISABLED: 'true' },
  { OTEL_EXPORTER_OTLP_ENDPOINT: '' },
] as Record<string, string>[])('loads nothing of the SDK with %j', async (environment) => {
  expect(await run(environment)).toMatchObject({ trace: null, loaded: ['api'] });
});

it.each(['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'])(
  'sends spans to the collector that %s names',
  async (setting) => {
    const bodies: string[] = [];
    const collector = await serve((req, res) => {
      req.setEncoding('utf8').on('data', (chunk) => bodies.push(`${req.url} ${chunk}`));
      req.on('end', () => res.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
    });
    const path = setting === 'OTEL_EXPORTER_OTLP_ENDPOINT' ? '' : '/v1/traces';
    const { trace, loaded } = await run({ [setting]: `${collector.url}${path}` });
    await collector.close();
    expect(trace.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(loaded).toContain('sdk-trace-base');
    expect(bodies.join()).toMatch(/^\/v1\/traces .*order_service.*"name":"work"/s);
  },
);

it('stops in time, and without an error, when the collector never answers', async () => {
  const server = createServer(() => {}).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  const { trace, stopMs } = await run({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` });
  expect(trace).not.toBeNull();
  expect(stopMs).toBeLessThan(4_000);
  server.closeAllConnections();
  server.close();
});

it('refuses an exporter that it does not have', async () => {
  await expect(startTracing({ OTEL_TRACES_EXPORTER: 'zipkin' }, 'x')).rejects.toThrow(
    'OTEL_TRACES_EXPORTER must be otlp, console or none, not zipkin',
  );
});
