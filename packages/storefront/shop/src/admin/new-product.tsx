import { orThrow } from '@shop/client';
import { useMutation, useQueryClient } from '@tanstack/preact-query';
import { useLocation } from 'wouter-preact';
import { shop } from '../api.ts';
import { Field, Form, Press, type Typed } from '../parts/form.tsx';
import { Page } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { contentOf, ProductFields } from './product-fields.tsx';

const currency = 'usd';

export function NewProduct() {
  const [, navigate] = useLocation();
  const queries = useQueryClient();
  const create = useMutation({
    mutationFn: (typed: Typed) =>
      orThrow(
        shop.createProduct({
          body: { ...contentOf(typed, currency), currency, stock: Number(typed['stock']) },
        }),
      ),
    onSuccess: async ({ id }) => {
      await queries.invalidateQueries({ queryKey: ['products'] });
      navigate(`/products/${id}`);
    },
  });
  return (
    <Page title="New product">
      <Form class="card narrow stack" busy={create.isPending} onSubmit={create.mutate}>
        <ProductFields currency={currency} error={create.error} />
        <Field label="Stock" name="stock" type="number" min={0} required error={create.error} />
        <Problem error={create.error} />
        <Press class="main" busy={create.isPending}>
          Put it on sale
        </Press>
      </Form>
    </Page>
  );
}
