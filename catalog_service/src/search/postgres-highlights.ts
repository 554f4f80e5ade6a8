import type { Product } from '../domain/product.ts';
import { Prisma } from '../generated/prisma/client.ts';
import { lookedThrough, type Marks, readMarks, type Span, toHighlights } from './highlights.ts';
import type { TextQuery } from './postgres-text-query.ts';
import type { Highlights } from './search-index.ts';

/** What a query of {@link withMarks} has beside a product, of its texts with marks around the found words. */
export interface MarkedTexts {
  readonly markedName?: string | null;
  readonly markedDescription?: string | null;
}

/** The rows of a query for products, with marks. Its words are found as the index has them, in the plain text. */
export function withMarks(page: Prisma.Sql, { shown }: TextQuery, { open, close }: Marks): Prisma.Sql {
  const options = `HighlightAll=true, StartSel=${open}, StopSel=${close}`;
  const marked = (text: Prisma.Sql, query: string | undefined) =>
    query === undefined
      ? Prisma.sql`NULL`
      : Prisma.sql`ts_headline('shop_english', plain_text(left(${text}, ${lookedThrough}::int)), ${query}::tsquery, ${options})`;
  return Prisma.sql`
    SELECT page.*, ${marked(Prisma.sql`page.name`, shown.name)} AS "markedName",
      ${marked(Prisma.sql`page.description`, shown.description)} AS "markedDescription"
    FROM (${page}) AS page`;
}

export function highlightsOf(
  { name, description, markedName, markedDescription }: Pick<Product, 'name' | 'description'> & MarkedTexts,
  marks: Marks,
): Highlights {
  return toHighlights(
    { name, description },
    { name: spansIn(name, markedName, marks), description: spansIn(description, markedDescription, marks) },
  );
}

/** The plain text has a space for each sign that it leaves out, so that a place in it is one in the text. */
function spansIn(text: string, marked: string | null | undefined, marks: Marks): readonly Span[] {
  const { plain, spans } = readMarks(marked ?? '', marks);
  return lengthOf(plain) === Math.min(lengthOf(text), lookedThrough) ? spans : [];
}

/** In characters, as PostgreSQL counts them. */
const lengthOf = (text: string) => [...text].length;
