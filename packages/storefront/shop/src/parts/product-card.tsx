import { Link } from 'wouter-preact';
import type { Product } from '../api.ts';
import { formatMoney } from '../money.ts';
import { Picture } from './picture.tsx';

/** A product in a list. Pictures that are seen at once should be eager. */
export function ProductCard({ product, eager = false }: { product: Product; eager?: boolean }) {
  const { id, name, price, currency, stock, imageUrl } = product;
  return (
    <li class="product">
      <Picture url={imageUrl} eager={eager} />
      <Link href={`/products/${id}`}>{name}</Link>
      <div class="row">
        <span class="price">{formatMoney(price, currency)}</span>
        {stock === 0 && <span class="tag bad">Sold out</span>}
        {stock > 0 && stock <= 5 && <span class="tag warn">Only {stock} left</span>}
      </div>
    </li>
  );
}
