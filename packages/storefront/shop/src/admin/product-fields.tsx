import type { Product } from '../api.ts';
import { parseMoney } from '../money.ts';
import { Field, type Typed } from '../parts/form.tsx';

/** What of a form is the content of a product, as the API takes it. A price that is none the API refuses. */
export const contentOf = (typed: Typed, currency: string) => ({
  name: typed['name'] ?? '',
  description: typed['description'] ?? '',
  price: parseMoney(typed['price'] ?? '', currency) ?? -1,
  category: typed['category'] ?? null,
  tags: (typed['tags'] ?? '')
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== ''),
  imageUrl: typed['imageUrl'] ?? null,
});

interface Props {
  readonly product?: Product;
  /** The price as it is typed. */
  readonly price?: string;
  readonly currency: string;
  readonly error: unknown;
}

export function ProductFields({ product, price, currency, error }: Props) {
  return (
    <>
      <Field label="Name" name="name" required maxLength={200} defaultValue={product?.name} error={error} />
      <div class="field">
        <label for="description">Description</label>
        <textarea
          id="description"
          name="description"
          required
          rows={4}
          maxLength={5000}
          defaultValue={product?.description}
        />
      </div>
      <Field
        label={`Price in ${currency.toUpperCase()}`}
        name="price"
        inputMode="decimal"
        required
        defaultValue={price}
        error={error}
      />
      <Field
        label="Category"
        name="category"
        maxLength={60}
        defaultValue={product?.category ?? ''}
        error={error}
      />
      <Field
        label="Tags, separated by commas"
        name="tags"
        defaultValue={product?.tags.join(', ')}
        error={error}
      />
      <Field
        label="Picture (its address)"
        name="imageUrl"
        type="url"
        defaultValue={product?.imageUrl ?? ''}
        error={error}
      />
    </>
  );
}
