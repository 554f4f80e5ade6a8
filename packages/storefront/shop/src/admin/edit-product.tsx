import { orThrow } from '@shop/client';
import { inWholeUnits } from '@shop/money';
import { useMutation, useQueryClient } from '@tanstack/preact-query';
import { Link } from 'wouter-preact';
import { type Product, shop } from '../api.ts';
import { Field, Form, Press, type Typed } from '../parts/form.tsx';
import { Page } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { useProduct } from '../product/use-product.ts';
import { contentOf, ProductFields } from './product-fields.tsx';

/** Content and stock apart: a change of the content must not undo a sale, nor a count of the stock a new text. */
export function EditProduct({ id }: { id: number }) {
  // What is being typed must not change.
  const { data: product, error, refetch } = useProduct(id, { refetchOnWindowFocus: false });
  return (
    <Page title={product?.name ?? 'Product'}>
      <Problem error={error} onRetry={() => void refetch()} />
      {product && (
        <>
          <p>
            <Link href={`/products/${id}`}>See it in the shop</Link>
          </p>
          <div class="two" key={product.version}>
            <Content product={product} />
            <Stock product={product} />
          </div>
        </>
      )}
    </Page>
  );
}

/** Changes the product, as it was when it was read. */
function useChange<Input>(product: Product, change: (input: Input) => Promise<Product>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: (changed) => {
      queries.setQueryData(['product', product.id], changed);
      return queries.invalidateQueries({ queryKey: ['products'] });
    },
  });
}

function Content({ product }: { product: Product }) {
  const { id, currency, revision } = product;
  const save = useChange(product, (typed: Typed) =>
    orThrow(shop.updateProduct({ id, 'If-Match': `"${revision}"`, body: contentOf(typed, currency) })),
  );
  return (
    <Form class="card stack" label="Content" busy={save.isPending} onSubmit={save.mutate}>
      <ProductFields
        product={product}
        price={inWholeUnits(product.price, currency)}
        currency={currency}
        error={save.error}
      />
      <Problem error={save.error} />
      <Press class="main" busy={save.isPending}>
        Save
      </Press>
    </Form>
  );
}

function Stock({ product: { id, stock, version }, product }: { product: Product }) {
  // With the version at which it was counted: when something was sold since, it has to be counted again.
  const save = useChange(product, (typed: Typed) =>
    orThrow(shop.updateProduct({ id, body: { stock: Number(typed['stock']), version } })),
  );
  return (
    <Form class="card stack" label="Stock" busy={save.isPending} onSubmit={save.mutate}>
      <Field
        label="Stock, as it was counted"
        name="stock"
        type="number"
        min={0}
        required
        defaultValue={stock}
        error={save.error}
      />
      <Problem error={save.error} />
      <Press class="main" busy={save.isPending}>
        Save the count
      </Press>
    </Form>
  );
}
