import { createLogger, createMetrics } from '@shop/service-kit';
import { waitFor } from '@shop/testing';
import type { ProductPage, Suggestion } from '../src/domain/search-index.ts';
import { createSearchWithFallback, type RemoteSearchIndex } from '../src/search/search-with-fallback.ts';

const from = (text: string): Suggestion[] => [{ kind: 'category', text }];
const pageFrom = (text: string) => ({ nextCursor: text }) as ProductPage;

/** A remote index of which a test says what it does next. */
function createEngines({ usable = true, limit = { limitMs: 50 } as { limitMs?: number } } = {}) {
  const lines: string[] = [];
  const logger = createLogger({
    name: 'test',
    level: 'info',
    destination: { write: (line: string) => void lines.push(JSON.parse(line).msg) },
  });
  const metrics = createMetrics('test');
  const state = {
    answer: async () => from('remote'),
    checked: undefined as (() => Promise<unknown>) | undefined,
    asked: 0,
    aborted: 0,
    usable,
  };
  const answer = (signal?: AbortSignal) => {
    state.asked++;
    signal?.addEventListener('abort', () => state.aborted++);
    return state.answer();
  };
  const remote: RemoteSearchIndex = {
    check: (signal) => state.checked?.() ?? answer(signal),
    takes: ({ cursor }, offset) => cursor !== 'of the fallback' && offset < 100,
    search: async (_search, _limit, _offset, signal) => pageFrom((await answer(signal))[0]?.text ?? ''),
    suggest: (_text, _limit, signal) => answer(signal),
  };
  const { index, check } = createSearchWithFallback({
    name: 'elasticsearch',
    remote: () => (state.usable ? remote : undefined),
    fallback: { search: async () => pageFrom('fallback'), suggest: async () => from('fallback') },
    logger,
    metrics,
    ...limit,
  });
  const suggest = () => index.suggest('x', 10);
  const gauge = async () => {
    const shown = await metrics.registry.getSingleMetric('circuit_breaker_state')?.get();
    return shown?.values[0]?.value;
  };
  const fallbacks = async () => {
    const shown = await metrics.registry.getSingleMetric('search_fallbacks_total')?.get();
    return shown?.values[0]?.value;
  };
  const open = async () => {
    state.answer = fails;
    for (let i = 0; i < 3; i++) await suggest();
    expect(await gauge()).toBe(2);
  };
  return { state, lines, search: index.search, suggest, check, gauge, fallbacks, open };
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

it('waits 300 ms, unless told otherwise', async () => {
  const { state, suggest } = createEngines({ limit: {} });
  state.answer = never;
  // Once must do: a busy machine makes any of them longer, and nothing makes one shorter.
  await waitFor(async () => {
    const startedAt = performance.now();
    await suggest();
    const took = performance.now() - startedAt;
    return took > 290 && took < 600;
  });
});

describe('what the remote index does not take', () => {
  const others = [
    { what: 'a cursor of the fallback', search: { cursor: 'of the fallback' }, offset: 0 },
    { what: 'a far page', search: {}, offset: 100 },
  ];

  it.each(others)('goes to the fallback at once: $what', async ({ search: given, offset }) => {
    const { state, search, fallbacks, gauge } = createEngines();
    for (let i = 0; i < 5; i++) expect(await search(given, 10, offset)).toEqual(pageFrom('fallback'));
    expect(state.asked).toBe(0);
    expect(await fallbacks()).toBe(5);
    expect(await gauge()).toBe(0);
    expect(await search({}, 10, 0)).toEqual(pageFrom('remote'));
  });

  it('says nothing of whether it is back', async () => {
    const { state, search, suggest, open, gauge } = createEngines();
    await open();
    // Until one is tried again, which is not answered either.
    await waitFor(async () => {
      for (const other of others) {
        expect(await search(other.search, 10, other.offset)).toEqual(pageFrom('fallback'));
        expect(await gauge()).toBe(2);
      }
      return (await suggest()) && state.asked === 4;
    });
  });
});

it('opens after three slow searches in a row, however quick the checks between them are', async () => {
  const { state, suggest, check, gauge } = createEngines();
  state.answer = never;
  state.checked = async () => 'well';
  for (let i = 0; i < 3; i++) {
    await check();
    await suggest();
  }
  expect(await gauge()).toBe(2);
});

it('does not open because of checks: that there is something amiss is said by them', async () => {
  const { state, suggest, check, gauge } = createEngines();
  state.checked = fails;
  for (let i = 0; i < 5; i++) await expect(check()).rejects.toThrow('connection refused');
  expect(await gauge()).toBe(0);
  expect(await suggest()).toEqual(from('remote'));
});

it('lets no other search wait while one tries whether it is back', async () => {
  const { state, suggest, open, gauge } = createEngines({ limit: { limitMs: 60_000 } });
  await open();
  let answer = (_: Suggestion[]) => {};
  state.answer = () =>
    new Promise((resolve) => {
      answer = resolve;
    });
  let trying: Promise<unknown> = Promise.resolve();
  await waitFor(async () => {
    trying = suggest();
    return (await gauge()) === 1;
  });
  expect(await suggest()).toEqual(from('fallback'));
  expect(await gauge()).toBe(1);
  answer(from('remote'));
  expect(await trying).toEqual(from('remote'));
  expect(await gauge()).toBe(0);
});

it('says once that it is away, however often it is tried meanwhile', async () => {
  const { state, suggest, open, lines } = createEngines();
  const away = 'elasticsearch does not answer: searches go to the fallback';
  const back = 'elasticsearch answers again';
  await open();
  await waitFor(async () => (await suggest()) && state.asked === 4);
  expect(lines).toEqual([away]);
  state.answer = async () => from('remote');
  await waitFor(async () => (await suggest())[0]?.text === 'remote');
  await open();
  expect(lines).toEqual([away, back, away]);
});
