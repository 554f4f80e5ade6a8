import { useMutation } from '@tanstack/preact-query';
import { Link } from 'wouter-preact';
import type { Product } from '../api.ts';
import { addToCart } from '../cart/use-cart.ts';
import { formatMoney } from '../money.ts';
import { Form, Submit, type Typed } from '../parts/form.tsx';
import { Waiting } from '../parts/loaded.tsx';
import { Page } from '../parts/page.tsx';
import { Picture } from '../parts/picture.tsx';
import { Problem } from '../parts/problem.tsx';
import { useProduct } from './use-product.ts';
import { Variants } from './variants.tsx';

export function ProductPage({ id }: { id: number }) {
  const { data: product, error, refetch } = useProduct(id);
  if (error && !product) {
    return (
      <Page title="Product">
        <Problem error={error} onRetry={() => void refetch()} />
      </Page>
    );
  }
  if (!product) return <Waiting />;
  return (
    <Page key={product.id} title={product.name}>
      <div class="two">
        <Picture url={product.imageUrl} alt={product.media[0]?.alt || product.name} eager />
        <div class="stack">
          {product.category && (
            <p>
              <Link href={`/?category=${encodeURIComponent(product.category)}`}>{product.category}</Link>
            </p>
          )}
          <p class="price large">{formatMoney(product.price, product.currency)}</p>
          <p>{product.description}</p>
          {product.groupId && <Variants product={product} groupId={product.groupId} />}
          <AddToCart key={product.id} product={product} />
        </div>
      </div>
    </Page>
  );
}

function AddToCart({ product: { id: productId, stock } }: { product: Product }) {
  const add = useMutation({ mutationFn: ({ qty }: Typed) => addToCart({ productId, qty: Number(qty) }) });
  if (stock === 0) return <p class="note warn">Sold out. Have a look again in a few days.</p>;
  return (
    <Form sending={add}>
      <p class="soft">{stock <= 5 ? `Only ${stock} left` : 'In stock'}</p>
      <div class="row">
        <label for="qty">Quantity</label>
        <input id="qty" name="qty" class="qty" type="number" required min={1} max={stock} defaultValue={1} />
        <Submit>Add to cart</Submit>
      </div>
      <p role="status" class={add.isSuccess ? 'note' : 'unseen'}>
        {add.isSuccess && (
          <>
            It is in the cart. <Link href="/cart">Go to the cart</Link>
          </>
        )}
      </p>
    </Form>
  );
}
