import type pg from 'pg';
import { type ProductRow, toProduct } from '../../db/product-rows.ts';
import { countedExactly, type Facets, type FacetValue, type SearchIndex } from '../../domain/search-index.ts';
import { toFacets } from '../facets.ts';
import type { FoundWords } from '../highlights.ts';
import { type Hit, type PageRequest, toPage, toRequest } from '../page.ts';
import { pageQuery } from './page-query.ts';
import { suggest } from './suggest.ts';

/** Searches the products table itself, so that what was saved is found at once. */
export function createPostgresSearchIndex(pool: pg.Pool): SearchIndex {
  return {
    search: async (search, limit, offset) => {
      const request = toRequest('postgres', search, limit, offset);
      const { text, values } = pageQuery(request);
      const { rows } = await pool.query<PageRow>({ name: statementName(request), text, values });
      const { items, total, facets } = rows[0] as PageRow;
      const counted = { total: Math.min(total, countedExactly), totalIsExact: total <= countedExactly };
      const countsOf = (facet: keyof Facets) =>
        (facets ?? []).filter((each) => each.facet === facet).map(({ value, count }) => ({ value, count }));
      return toPage(request, items.map(toHit), {
        ...counted,
        ...(facets && { facets: toFacets(countsOf) }),
      });
    },
    suggest: (text, limit) => suggest(pool, text, limit),
  };
}

/**
 * The first pages that a shop shows most, of everything or of a category or currency, are planned once per connection. Not all
 * forms of the statement are: there are hundreds, and connections would keep every plan.
 */
function statementName({ search, sort, words, after }: PageRequest): string | undefined {
  const { category, tag, currency, minPrice, maxPrice, inStock, facets, collapse } = search;
  const forms = [category && '-of-category', currency && '-in-currency', collapse && '-by-group'];
  const given = forms.filter(Boolean).join('');
  const isSimple = [words, after, tag, minPrice, maxPrice, inStock].every((part) => part === undefined);
  return isSimple && !facets ? `products-by-${sort}${given}` : undefined;
}

interface PageRow {
  readonly items: readonly ItemRow[];
  /** Counted no further than one more than is told. */
  readonly total: number;
  readonly facets: readonly (FacetValue & { readonly facet: keyof Facets })[] | null;
}

interface ItemRow extends Omit<ProductRow, 'createdAt' | 'updatedAt'> {
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly score: number;
  readonly foundInName?: FoundWords;
  readonly foundInDescription?: FoundWords;
}

function toHit(row: ItemRow): Hit {
  const { score, foundInName: name = [], foundInDescription: description = [], createdAt, updatedAt } = row;
  const product = toProduct({ ...row, createdAt: new Date(createdAt), updatedAt: new Date(updatedAt) });
  return { product, score, found: { name, description } };
}
