import type { estypes } from '@elastic/elasticsearch';
import type { Product } from '../../domain/product.ts';
import { lookedThrough, type Marks, readMarks, type Span, toHighlights } from '../highlights.ts';
import type { Highlights } from '../search-index.ts';
import type { Query } from './client.ts';

/** Each way in which a text is in the index, for each finds other words in it. */
const waysIn = {
  name: ['name', 'name.begun'],
  description: ['description', 'description.words'],
} as const;

/** Asks for the whole texts, with marks: what to show of them is the same for every engine. */
export function highlightRequest(query: Query, { open, close }: Marks): estypes.SearchHighlight {
  return {
    highlight_query: query,
    type: 'unified',
    number_of_fragments: 0,
    max_analyzed_offset: lookedThrough,
    pre_tags: [open],
    post_tags: [close],
    fields: Object.fromEntries(Object.values(waysIn).flatMap((ways) => ways.map((way) => [way, {}]))),
  };
}

type Marked = Readonly<Record<string, readonly string[]>>;

export function highlightsOf(
  { name, description }: Product,
  marked: Marked | undefined,
  marks: Marks,
): Highlights {
  const spans = (text: string, ways: readonly string[]) =>
    ways.flatMap((way) => spansIn(text, marked?.[way] ?? [], marks));
  return toHighlights(
    { name, description },
    { name: spans(name, waysIn.name), description: spans(description, waysIn.description) },
  );
}

/** A text comes back as its pieces (between U+2029) that have a mark, without spaces around them. */
function spansIn(text: string, parts: readonly string[], marks: Marks): Span[] {
  let next = 0;
  return parts.flatMap((part) => {
    const { plain, spans } = readMarks(part, marks);
    const start = text.indexOf(plain, next);
    if (start === -1) return [];
    next = start + plain.length;
    return spans.map(({ from, to }) => ({ from: start + from, to: start + to }));
  });
}
