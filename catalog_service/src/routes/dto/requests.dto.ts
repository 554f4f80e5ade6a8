import { fields } from '@shop/contracts';
import { type ProductSort, productSorts } from '../../search/search-index.ts';
import {
  cursorText,
  FromDigits,
  FromFlag,
  Is,
  IsListOf,
  IsText,
  Optional,
  oneOf,
  wholeNumber,
} from './rules.ts';

const id = wholeNumber(fields.id.minimum, fields.id.maximum);
const price = wholeNumber(fields.amount.minimum, fields.amount.maximum);

/** The query of `GET /products`. */
export class ListProductsDto {
  @FromDigits()
  @Is(wholeNumber(1, 100))
  limit = 20;

  @FromDigits()
  @Is(wholeNumber(0, 2_147_483_647))
  offset = 0;

  @Optional()
  @Is(cursorText)
  cursor?: string;

  @Optional()
  @IsText(0, 200)
  search?: string;

  @Optional()
  @FromFlag()
  @Is(oneOf([true, false]))
  highlight?: boolean;

  @Optional()
  @FromFlag()
  @Is(oneOf([true, false]))
  facets?: boolean;

  @Optional()
  @IsText(1, 60)
  category?: string;

  @Optional()
  @IsText(1, 40)
  tag?: string;

  @Optional()
  @FromDigits()
  @Is(price)
  minPrice?: number;

  @Optional()
  @FromDigits()
  @Is(price)
  maxPrice?: number;

  @Optional()
  @FromFlag()
  @Is(oneOf([true, false]))
  inStock?: boolean;

  @Optional()
  @Is(oneOf(productSorts))
  sort?: ProductSort;
}

/** The query of `GET /products/suggest`. */
export class SuggestDto {
  @IsText(1, 100)
  q!: string;
}

/** The body of `POST /products/stock`. */
export class StockLookUpDto {
  @IsListOf(id, 200)
  ids!: number[];
}

/** The path of one product. */
export class ProductPathDto {
  @FromDigits()
  @Is(id)
  id!: number;
}
