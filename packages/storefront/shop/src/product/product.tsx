import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import type { Product } from '../api.ts';
import { useAddToCart } from '../cart/use-cart.ts';
import { formatMoney } from '../money.ts';
import { Form, Press } from '../parts/form.tsx';
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
  if (!product) return <p role="status">One moment…</p>;
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

function AddToCart({ product }: { product: Product }) {
  const [qty, setQty] = useState(1);
  const add = useAddToCart();
  if (product.stock === 0) return <p class="note warn">Sold out. Have a look again in a few days.</p>;
  return (
    <Form busy={add.isPending} onSubmit={() => add.mutate({ productId: product.id, qty })}>
      <p class="soft">{product.stock <= 5 ? `Only ${product.stock} left` : 'In stock'}</p>
      <div class="row">
        <label for="qty">Quantity</label>
        <input
          id="qty"
          class="qty"
          type="number"
          required
          min={1}
          max={product.stock}
          value={qty}
          onInput={(event) => setQty(event.currentTarget.valueAsNumber)}
        />
        <Press class="main" busy={add.isPending}>
          Add to cart
        </Press>
      </div>
      <Problem error={add.error} onRetry={() => add.mutate({ productId: product.id, qty })} />
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
