import { orThrow } from '@shop/client';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/preact-query';
import { useSearchParams } from 'wouter-preact';
import { shop } from '../api.ts';
import { Page } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { ProductCard } from '../parts/product-card.tsx';
import { ShowMore } from '../parts/show-more.tsx';
import { Facets } from './facets.tsx';
import { queryOf, sorts } from './query.ts';

export function Catalogue() {
  const [chosen, choose] = useSearchParams();
  const query = queryOf(chosen);
  const list = useInfiniteQuery({
    queryKey: ['products', query],
    queryFn: ({ pageParam: cursor, signal }) =>
      orThrow(shop.listProducts({ ...query, ...(cursor ? { cursor } : { facets: true }) }, { signal })),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: keepPreviousData,
  });
  const { data, error, refetch } = list;
  const [first] = data?.pages ?? [];
  const products = data?.pages.flatMap(({ items }) => items) ?? [];
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
          <Facets facets={first.facets} currency={products[0]?.currency} chosen={chosen} set={set} />
        )}
        <section class="stack" aria-label="Products">
          <div class="row apart">
            <p class="soft" role="status">
              {first && `${first.total}${first.totalIsExact ? '' : '+'} products`}
            </p>
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
          <Problem error={error} onRetry={() => void refetch()} />
          {first?.total === 0 && <p>Nothing was found. Try fewer words or filters.</p>}
          <ul class="grid">
            {products.map((product, index) => (
              <ProductCard key={product.id} product={product} eager={index < 8} />
            ))}
          </ul>
          <ShowMore list={list} />
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
