import { createLogger, currentTrace, databaseTime, withTrace } from '@shop/service-kit';
import { waitFor } from '@shop/testing';
import { schedule } from '../src/scheduler.ts';

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
