import { orThrow } from '@shop/client';
import { useMutation } from '@tanstack/preact-query';
import { useLocation } from 'wouter-preact';
import { shop } from '../api.ts';
import { Field, Form, Submit, type Typed } from '../parts/form.tsx';
import { Page } from '../parts/page.tsx';
import { contentOf, ProductFields } from './product-fields.tsx';

const currency = 'usd';

export function NewProduct() {
  const [, navigate] = useLocation();
  const create = useMutation({
    mutationFn: (typed: Typed) =>
      orThrow(
        shop.createProduct({
          body: { ...contentOf(typed, currency), currency, stock: Number(typed['stock']) },
        }),
      ),
    onSuccess: ({ id }) => navigate(`/products/${id}`),
  });
  return (
    <Page title="New product">
      <Form class="card narrow stack" sending={create}>
        <ProductFields currency={currency} />
        <Field label="Stock" name="stock" type="number" min={0} required />
        <Submit>Put it on sale</Submit>
      </Form>
    </Page>
  );
}
