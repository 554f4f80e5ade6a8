import type { SearchIndex } from '../../src/domain/search-index.ts';
import type { HardCase } from '../relevance/hard-cases.ts';

/** How near to the top an index puts what is wanted, among the first ten. */
export interface Ranking {
  /** The mean of 1 for the first place, 1/2 for the second, 1/3, ..., and 0 for none. */
  readonly mean: number;
  /** The searches with something else at the top, and what that is. */
  readonly notFirst: readonly string[];
}

export async function rank(index: SearchIndex, cases: readonly HardCase[]): Promise<Ranking> {
  const notFirst: string[] = [];
  let sum = 0;
  for (const { search, wanted } of cases) {
    const { items } = await index.search({ text: search }, 10, 0);
    const place = items.findIndex((item) => wanted.includes(item.name));
    if (place !== -1) sum += 1 / (place + 1);
    if (place !== 0) notFirst.push(`${search}: ${items[0]?.name ?? 'nothing'}`);
  }
  return { mean: sum / cases.length, notFirst };
}
