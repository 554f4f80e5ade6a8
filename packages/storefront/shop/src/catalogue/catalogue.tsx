import { orThrow } from '@shop/client';
import { useSearchParams } from 'wouter-preact';
import { shop } from '../api.ts';
import { ShowMore, Total, useList } from '../parts/list.tsx';
import { Page } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { ProductCard } from '../parts/product-card.tsx';
import { Facets } from './facets.tsx';
import { queryOf, sorts } from './query.ts';

export function Catalogue() {
  const [chosen, choose] = useSearchParams();
  const filters = queryOf(chosen);
  const { query, first, items } = useList(['products', filters], (cursor, signal) =>
    orThrow(shop.listProducts({ ...filters, ...(cursor ? { cursor } : { facets: true }) }, { signal })),
  );
  const set = (name: string, value: string | undefined) =>
    choose((before) => {
      if (value === undefined) before.delete(name);
      else before.set(name, value);
      return before;
    });
  return (
    <Page title={titleOf(chosen)}>
      <div class="catalogue">
        {first?.facets && (
          <Facets facets={first.facets} currency={items[0]?.currency} chosen={chosen} set={set} />
        )}
        <section class="stack" aria-label="Products">
          <div class="row apart">
            <Total of={first} what="products" />
            <label class="choice">
              <span>Sort by</span>
              <select
                value={chosen.get('sort') ?? ''}
                onChange={(event) => set('sort', event.currentTarget.value || undefined)}
              >
                {sorts.map(([value, text]) => (
                  <option key={value} value={value}>
                    {text}
                  </option>
                ))}
              </select>
            </label>
          </div>
          <Problem error={query.error} onRetry={() => void query.refetch()} />
          {first?.total === 0 && <p>Nothing was found. Try fewer words or filters.</p>}
          <ul class="grid">
            {items.map((product, index) => (
              <ProductCard key={product.id} product={product} eager={index < 8} />
            ))}
          </ul>
          <ShowMore query={query} />
        </section>
      </div>
    </Page>
  );
}

function titleOf(chosen: URLSearchParams): string {
  const search = chosen.get('search');
  if (search) return `“${search}”`;
  return chosen.get('category') ?? 'Everyday things, well made';
}
