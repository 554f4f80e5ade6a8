import { createLogger, currentTrace, databaseTime, schedule, withTrace } from '@shop/service-kit';
import { waitFor } from './support/wait-for.ts';

const logger = createLogger({ name: 'test', level: 'silent' });
const trace = { requestId: 'a-request', traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01` };

it('never spends the time for the database of a request that asked for a run, now or later', async () => {
  const contexts: unknown[] = [];
  const work = async () => {
    contexts.push({ trace: currentTrace(), time: databaseTime() });
  };
  const job = schedule(5, work, logger);
  withTrace(trace, job.runSoon, 2_500);
  await waitFor(() => contexts.length >= 3);
  await job.stop();
  expect(new Set(contexts.map((context) => JSON.stringify(context)))).toEqual(new Set(['{}']));
});

it('runs again at once as long as there is more to do', async () => {
  let runs = 0;
  const job = schedule(3_600_000, async () => ++runs < 3, logger);
  job.runSoon();
  await waitFor(() => runs >= 3);
  await job.stop();
  expect(runs).toBe(3);
});
