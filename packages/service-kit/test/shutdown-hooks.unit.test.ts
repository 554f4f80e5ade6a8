import { createShutdownHooks } from '@shop/service-kit';
import { recordLog } from './support/log-lines.ts';

it('gives back what was opened last first, one after the other, once', async () => {
  const { logger } = recordLog();
  const released: string[] = [];
  const shutdownHooks = createShutdownHooks(logger);
  for (const name of ['pool', 'relay', 'server']) {
    shutdownHooks.add(name, async () => {
      released.push(`${name} closes`);
      await new Promise((resolve) => setImmediate(resolve));
      released.push(`${name} closed`);
    });
  }
  await shutdownHooks.runAll();
  await shutdownHooks.runAll();
  expect(released).toEqual([
    'server closes',
    'server closed',
    'relay closes',
    'relay closed',
    'pool closes',
    'pool closed',
  ]);
});

it('goes on when one cannot be closed, and says so', async () => {
  const { logger, lines } = recordLog();
  const released: string[] = [];
  const shutdownHooks = createShutdownHooks(logger);
  shutdownHooks.add('pool', () => released.push('pool'));
  shutdownHooks.add('relay', () => Promise.reject(new Error('stuck')));
  shutdownHooks.add('server', () => {
    throw new Error('never opened');
  });
  await shutdownHooks.runAll();
  expect(released).toEqual(['pool']);
  expect(lines).toMatchObject([
    { resource: 'server', msg: 'could not be closed', err: { message: 'never opened' } },
    { resource: 'relay', msg: 'could not be closed', err: { message: 'stuck' } },
  ]);
});
