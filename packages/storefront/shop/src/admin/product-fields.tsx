import type { Product } from '../api.ts';
import { parseMoney } from '../money.ts';
import { Field, type Typed } from '../parts/form.tsx';

/** What of a form is the content of a product, as the API takes it. A price that is none the API refuses. */
export const contentOf = (typed: Typed, currency: string) => {
  const { name = '', description = '', price = '', category = null, tags = '', imageUrl = null } = typed;
  return {
    name,
    description,
    price: parseMoney(price, currency) ?? -1,
    category,
    tags: tags
      .split(',')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ''),
    imageUrl,
  };
};

interface Props {
  readonly product?: Product;
  /** The price as it is typed. */
  readonly price?: string;
  readonly currency: string;
}

export function ProductFields({ product, price, currency }: Props) {
  return (
    <>
      <Field label="Name" name="name" required maxLength={200} defaultValue={product?.name} />
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
      />
      <Field label="Category" name="category" maxLength={60} defaultValue={product?.category ?? ''} />
      <Field label="Tags, separated by commas" name="tags" defaultValue={product?.tags.join(', ')} />
      <Field
        label="Picture (its address)"
        name="imageUrl"
        type="url"
        defaultValue={product?.imageUrl ?? ''}
      />
    </>
  );
}
