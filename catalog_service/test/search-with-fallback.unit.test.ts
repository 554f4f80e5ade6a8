import { createLogger, createMetrics, invalidInput } from '@shop/service-kit';
import { waitFor } from '@shop/testing';
import type { Suggestion } from '../src/search/search-index.ts';
import { createSearchWithFallback } from '../src/search/search-with-fallback.ts';

const from = (text: string): Suggestion[] => [{ kind: 'category', text }];

/** A remote index of which a test says what it does next. */
function createEngines({ usable = true } = {}) {
  const lines: string[] = [];
  const logger = createLogger({
    name: 'test',
    level: 'info',
    destination: { write: (line: string) => void lines.push(JSON.parse(line).msg) },
  });
  const metrics = createMetrics('test');
  const state = { answer: async () => from('remote'), asked: 0, aborted: 0, usable };
  const remote = (signal: AbortSignal) => {
    state.asked++;
    signal.addEventListener('abort', () => state.aborted++);
    return state.answer();
  };
  const unused = () => Promise.reject(new Error('not used here'));
  const { index, check } = createSearchWithFallback({
    name: 'elasticsearch',
    remote: {
      usable: () => state.usable,
      check: remote,
      search: unused,
      suggest: (_text, _limit, signal) => remote(signal),
    },
    fallback: { search: unused, suggest: async () => from('fallback') },
    logger,
    metrics,
    limitMs: 50,
  });
  const gauge = async () => {
    const shown = await metrics.registry.getSingleMetric('circuit_breaker_state')?.get();
    return shown?.values[0]?.value;
  };
  const fallbacks = async () => {
    const shown = await metrics.registry.getSingleMetric('search_fallbacks_total')?.get();
    return shown?.values[0]?.value;
  };
  return { state, lines, suggest: () => index.suggest('x', 10), check, gauge, fallbacks };
}

const never = () => new Promise<never>(() => {});
const fails = () => Promise.reject(new Error('connection refused'));

it('asks the remote index as long as it answers', async () => {
  const { suggest, check, lines, gauge, fallbacks } = createEngines();
  expect(await suggest()).toEqual(from('remote'));
  expect(await fallbacks()).toBe(0);
  await check();
  expect(lines).toEqual([]);
  expect(await gauge()).toBe(0);
});

it('does not ask one that is not usable yet', async () => {
  const { state, suggest, check, fallbacks } = createEngines({ usable: false });
  expect(await suggest()).toEqual(from('fallback'));
  expect(await fallbacks()).toBe(1);
  await expect(check()).rejects.toThrow('elasticsearch is not ready yet');
  expect(state.asked).toBe(0);
});

it('waits for one that hangs no longer than the limit, and tells it to stop', async () => {
  const { state, suggest } = createEngines();
  state.answer = never;
  const startedAt = performance.now();
  expect(await suggest()).toEqual(from('fallback'));
  expect(performance.now() - startedAt).toBeLessThan(2_000);
  expect(state.aborted).toBe(1);
});

it('after three failures in a row does not ask any more, says so once, and goes back when it answers', async () => {
  const { state, suggest, check, lines, gauge, fallbacks } = createEngines();
  state.answer = fails;
  for (let i = 0; i < 10; i++) expect(await suggest()).toEqual(from('fallback'));
  expect(state.asked).toBe(3);
  expect(await fallbacks()).toBe(10);
  await expect(check()).rejects.toThrow();
  expect(lines).toEqual(['elasticsearch does not answer: searches go to the fallback']);
  expect(await gauge()).toBe(2);
  state.answer = async () => from('remote again');
  await waitFor(async () => (await suggest())[0]?.text === 'remote again');
  expect(lines.slice(1)).toEqual(['elasticsearch answers again']);
  await check();
  expect(await gauge()).toBe(0);
});

it('is brought back by a check alone, when nobody searches', async () => {
  const { state, suggest, check } = createEngines();
  state.answer = fails;
  for (let i = 0; i < 3; i++) await suggest();
  state.answer = async () => from('remote');
  await waitFor(() => check().then(() => true));
  expect(await suggest()).toEqual(from('remote'));
});

it('takes the refusal of a wrong search for an answer', async () => {
  const { state, suggest } = createEngines();
  state.answer = () => Promise.reject(invalidInput([{ field: 'cursor', message: 'is wrong' }]));
  for (let i = 0; i < 5; i++) await expect(suggest()).rejects.toMatchObject({ code: 'validation-failed' });
  expect(state.asked).toBe(5);
});
