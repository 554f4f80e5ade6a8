import type { NewProduct, Product, ProductContent } from '../../src/domain/product.ts';
import type { SearchIndex } from '../../src/domain/search-index.ts';

/** An empty search index, and the catalog that it is an index of. What resolves is to be found at once. */
export interface IndexUnderTest {
  readonly index: SearchIndex;
  /** Ids rise in the order given. */
  add(products: readonly NewProduct[]): Promise<readonly Product[]>;
  change(product: Product, content: Partial<ProductContent>, stock?: number): Promise<Product>;
  remove(product: Product): Promise<void>;
  close(): Promise<void>;
}

export type MakeIndex = () => Promise<IndexUnderTest>;
