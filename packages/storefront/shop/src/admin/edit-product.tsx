import { orThrow } from '@shop/client';
import { inWholeUnits } from '@shop/money';
import { useMutation } from '@tanstack/preact-query';
import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { type Product, shop } from '../api.ts';
import { Field, Form, Submit, type Typed } from '../parts/form.tsx';
import { Loaded, Waiting } from '../parts/loaded.tsx';
import { Page } from '../parts/page.tsx';
import { useProduct } from '../product/use-product.ts';
import { contentOf, ProductFields } from './product-fields.tsx';

export function EditProduct({ id }: { id: number }) {
  const query = useProduct(id);
  return (
    <Page title={query.data?.name ?? 'Product'}>
      <p>
        <Link href={`/products/${id}`}>See it in the shop</Link>
      </p>
      <Loaded query={query}>
        {(product) => (query.isFetchedAfterMount ? <Forms asRead={product} /> : <Waiting />)}
      </Loaded>
    </Page>
  );
}

/** Content and stock apart: a change of the content must not undo a sale, nor a count of the stock a new text. */
function Forms({ asRead }: { asRead: Product }) {
  // What is being typed must not change, and changes the product as it was read.
  const [product, setProduct] = useState(asRead);
  const { id, currency, price, stock, revision, version } = product;
  const saveContent = useMutation({
    mutationFn: (typed: Typed) =>
      orThrow(shop.updateProduct({ id, 'If-Match': `"${revision}"`, body: contentOf(typed, currency) })),
    onSuccess: setProduct,
  });
  // With the version at which it was counted: when something was sold since, it has to be counted again.
  const saveStock = useMutation({
    mutationFn: (typed: Typed) =>
      orThrow(shop.updateProduct({ id, body: { stock: Number(typed['stock']), version } })),
    onSuccess: setProduct,
  });
  return (
    <div class="two">
      <Form class="card stack" label="Content" sending={saveContent}>
        <ProductFields product={product} price={inWholeUnits(price, currency)} currency={currency} />
        <Submit>Save</Submit>
        <p role="status">{saveContent.isSuccess && 'It is saved.'}</p>
      </Form>
      <Form class="card stack" label="Stock" sending={saveStock}>
        <Field
          label="Stock, as it was counted"
          name="stock"
          type="number"
          min={0}
          required
          defaultValue={stock}
        />
        <Submit>Save the count</Submit>
        <p role="status">{saveStock.isSuccess && 'The count is saved.'}</p>
      </Form>
    </div>
  );
}
