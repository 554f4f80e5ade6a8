import type { Product } from '../../domain/product.ts';
import type { Hit, PageRequest } from '../page.ts';
import { foundBy, type PageOf, pageBody, toHit } from './bodies.ts';
import { type Asking, ask, type Query, totalOf } from './client.ts';
import { filtersOf } from './facets.ts';
import type { TextQuery } from './query.ts';

/** To score a product takes longer than all else, and the longer the fewer of all products are found. */
const mostScored = 500;

/**
 * The page of a search by relevance, with one hit more. Of very many products none is scored: those of that very name, or
 * with all words in their name and one in their labels, come first, then all others with the words in their name, then the
 * rest; in each part the shortest names. A score below zero is the place in that order, and so is the next page.
 * @param total how many are found
 */
export async function mostRelevant(
  asking: Asking,
  query: TextQuery,
  request: PageRequest,
  total: number,
): Promise<Hit[]> {
  const { after, search } = request;
  if (search.collapse) return collapsedPage(asking, query, request, total);
  const inParts = after === undefined ? total > mostScored : Number(after.value) < 0;
  return inParts ? pageInParts(asking, query, request) : scoredPage(asking, query, request);
}

async function scoredPage(asking: Asking, query: TextQuery, request: PageRequest): Promise<Hit[]> {
  const { limit, offset, after, highlight, search } = request;
  const page: PageOf = {
    query: { bool: { must: [query.scored], filter: [foundBy(...filtersOf(search))] } },
    sort: [{ _score: { order: 'desc' } }, { id: 'asc' }],
    size: limit + 1,
    from: offset,
    after: after && [after.value, after.id],
    counted: false,
    collapsed: false,
  };
  const [{ hits }] = await ask<Product>(asking, [pageBody(page, query.found, highlight)]);
  return hits.hits.map((hit) => toHit(hit, Number(hit.sort?.[0])));
}

/** Of each group the best, by the same order: a variant that is in an earlier part must not come again in the next. */
async function collapsedPage(
  asking: Asking,
  { found, scored, parts }: TextQuery,
  request: PageRequest,
  total: number,
): Promise<Hit[]> {
  const { limit, offset, highlight, search } = request;
  const byPart = parts.map((filter, part) => ({ constant_score: { filter, boost: parts.length - part } }));
  const isScored = total <= mostScored;
  const wanted: Query = isScored ? scored : { bool: { should: byPart, minimum_should_match: 1 } };
  const page: PageOf = {
    query: { bool: { must: [wanted], filter: [foundBy(...filtersOf(search))] } },
    sort: [
      { _score: { order: 'desc' } },
      ...(isScored ? [] : [{ nameLength: 'asc' as const }]),
      { id: 'asc' },
    ],
    size: limit + 1,
    from: offset,
    after: undefined,
    counted: false,
    collapsed: true,
  };
  const [{ hits }] = await ask<Product>(asking, [pageBody(page, found, highlight)]);
  return hits.hits.map((hit) => toHit(hit, 0));
}

async function pageInParts(asking: Asking, query: TextQuery, request: PageRequest): Promise<Hit[]> {
  const { limit, offset, after, highlight, search } = request;
  const start = after && partAndLength(Number(after.value));
  const found: Hit[] = [];
  let from = start === undefined ? offset : 0;
  for (let part = start?.part ?? 0; part < query.parts.length && found.length <= limit; part++) {
    const page: PageOf = {
      query: foundBy(query.parts[part] ?? {}, ...filtersOf(search)),
      sort: [{ nameLength: 'asc' }, { id: 'asc' }],
      size: limit + 1 - found.length,
      from,
      after: part === start?.part ? [start.length, after?.id ?? 0] : undefined,
      counted: from > 0,
      collapsed: false,
    };
    const [reply] = await ask<Product>(asking, [pageBody(page, query.found, highlight)]);
    found.push(...reply.hits.hits.map((hit) => toHit(hit, scoreOf(part, Number(hit.sort?.[0])))));
    from = from > 0 ? Math.max(0, from - totalOf(reply).value) : 0;
  }
  return found;
}

/** Longer than any name. */
const beyondNames = 10_000;
const scoreOf = (part: number, nameLength: number) => -(part * beyondNames + nameLength);
const partAndLength = (score: number) => ({
  part: Math.floor(-score / beyondNames),
  // Cursors can be forged, and lengths are whole numbers.
  length: Math.floor(-score % beyondNames),
});
