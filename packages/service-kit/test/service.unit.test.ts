import { EventEmitter } from 'node:events';
import { type Environment, port, readSettings, runService, type Service } from '@shop/service-kit';
import { waitFor } from './support/wait-for.ts';

/** What {@link runService} uses of a process. */
function createHost(environment: Environment = {}) {
  const exits: number[] = [];
  let said = '';
  const host = Object.assign(new EventEmitter(), {
    env: { LOG_LEVEL: 'silent', PORT: '1', ...environment },
    stderr: { write: (text: string) => (said += text) },
    exit: (code: number) => exits.push(code),
  });
  return { host: host as unknown as NodeJS.Process, emit: host.emit.bind(host), exits, said: () => said };
}

function createService(options: { fails?: boolean } = {}) {
  const steps: string[] = [];
  const service: Service = {
    start: async () => {
      steps.push('start');
      if (options.fails) throw new Error('no database');
      return { port: 1 };
    },
    stop: async () => {
      steps.push('stopping');
      await new Promise((resolve) => setImmediate(resolve));
      steps.push('stopped');
    },
  };
  return { steps, service };
}

const run = ({ host }: ReturnType<typeof createHost>, service: Service) =>
  runService(host, {
    name: 'test_service',
    readConfig: (environment) => readSettings(environment, { port: port() }),
    createService: () => service,
  });

it.each(['SIGTERM', 'SIGINT'])('stops in order on %s, once, and ends with 0', async (signal) => {
  const host = createHost();
  const { service, steps } = createService();
  await run(host, service);
  expect(host.exits).toEqual([]);
  host.emit(signal);
  host.emit('SIGINT');
  await waitFor(() => host.exits.length > 0);
  expect([steps, host.exits]).toEqual([['start', 'stopping', 'stopped'], [0]]);
});

it('ends with 2 for wrong settings, and names them', async () => {
  const host = createHost({ PORT: 'none' });
  const { service, steps } = createService();
  await run(host, service);
  expect([steps, host.exits]).toEqual([[], [2]]);
  expect(host.said()).toBe(
    'test_service: The settings are not complete:\n  - PORT must be a port from 0 to 65535, not "none"\n',
  );
});

it('names a wrong log level with all else that is wrong', async () => {
  for (const [PORT, port] of [
    ['none', '  - PORT must be a port from 0 to 65535, not "none"\n'],
    ['1', ''],
  ] as const) {
    const host = createHost({ PORT, LOG_LEVEL: 'loud' });
    const { service, steps } = createService();
    await run(host, service);
    expect([steps, host.exits]).toEqual([[], [2]]);
    expect(host.said()).toBe(
      `test_service: The settings are not complete:\n${port}` +
        '  - LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent, not "loud"\n',
    );
  }
});

it('ends with 1 when it cannot start', async () => {
  const host = createHost();
  const { service } = createService({ fails: true });
  await run(host, service);
  expect(host.exits).toEqual([1]);
});

it('stops in order and ends with 1 when a promise is left unhandled', async () => {
  const host = createHost();
  const { service, steps } = createService();
  await run(host, service);
  host.emit('unhandledRejection', new Error('forgotten'));
  await waitFor(() => host.exits.length > 0);
  expect([steps.at(-1), host.exits]).toEqual(['stopped', [1]]);
});

it('ends although the service cannot be stopped', async () => {
  const host = createHost();
  const { service } = createService();
  await run(host, { ...service, stop: () => Promise.reject(new Error('stuck')) });
  host.emit('SIGTERM');
  await waitFor(() => host.exits.length > 0);
  expect(host.exits).toEqual([1]);
});
