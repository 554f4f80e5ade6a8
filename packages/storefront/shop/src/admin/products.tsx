import { orThrow } from '@shop/client';
import { keepPreviousData, useQuery } from '@tanstack/preact-query';
import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { shop } from '../api.ts';
import { formatMoney } from '../money.ts';
import { Loaded } from '../parts/loaded.tsx';
import { Page } from '../parts/page.tsx';

/** The newest products, or those that a search finds. */
export function AdminProducts() {
  const [search, setSearch] = useState('');
  const products = useQuery({
    queryKey: ['products', 'admin', search],
    queryFn: ({ signal }) =>
      orThrow(shop.listProducts({ limit: 50, search: search || undefined }, { signal })),
    placeholderData: keepPreviousData,
  });
  return (
    <Page title="Products">
      <div class="field narrow">
        <label for="find">Find a product</label>
        <input
          id="find"
          type="search"
          maxLength={200}
          value={search}
          onInput={(event) => setSearch(event.currentTarget.value)}
        />
      </div>
      <Loaded query={products}>
        {({ items }) => (
          <div class="table-box">
            <table>
              <thead>
                <tr>
                  <th>Product</th>
                  <th>Category</th>
                  <th class="number">Price</th>
                  <th class="number">Stock</th>
                </tr>
              </thead>
              <tbody>
                {items.map(({ id, name, category, price, currency, stock }) => (
                  <tr key={id}>
                    <td>
                      <Link href={`/admin/products/${id}`}>{name}</Link>
                    </td>
                    <td>{category}</td>
                    <td class="number">{formatMoney(price, currency)}</td>
                    <td class="number">{stock}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Loaded>
    </Page>
  );
}
