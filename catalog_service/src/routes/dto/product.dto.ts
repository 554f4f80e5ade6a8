import { fields } from '@shop/contracts';
import {
  currencyCode,
  Is,
  IsSetOfTexts,
  IsText,
  Nullable,
  Optional,
  webAddress,
  wholeNumber,
} from './rules.ts';

const longest = { name: 200, description: 5_000, category: 60, tag: 40 };
const mostTags = 20;
const price = wholeNumber(fields.amount.minimum, fields.amount.maximum);
const stock = wholeNumber(fields.newStock.minimum, fields.newStock.maximum);

/** The body of `POST /products`. */
export class CreateProductDto {
  @IsText(1, longest.name)
  name!: string;

  @IsText(0, longest.description)
  description!: string;

  @Is(price)
  price!: number;

  @Optional()
  @Is(currencyCode)
  currency?: string;

  @Is(stock)
  stock!: number;

  @Nullable()
  @IsText(1, longest.category)
  category?: string | null;

  @Optional()
  @IsSetOfTexts(longest.tag, mostTags)
  tags?: string[];

  @Nullable()
  @Is(webAddress)
  imageUrl?: string | null;
}

/** The body of `PATCH /products/:id`. */
export class UpdateProductDto {
  @Optional()
  @IsText(1, longest.name)
  name?: string;

  @Optional()
  @IsText(0, longest.description)
  description?: string;

  @Optional()
  @Is(price)
  price?: number;

  @Optional()
  @Is(currencyCode)
  currency?: string;

  @Optional()
  @Is(stock)
  stock?: number;

  /** The product's version that `stock` was counted at. */
  @Optional()
  @Is(wholeNumber(1, fields.id.maximum))
  version?: number;

  @Nullable()
  @IsText(1, longest.category)
  category?: string | null;

  @Optional()
  @IsSetOfTexts(longest.tag, mostTags)
  tags?: string[];

  @Nullable()
  @Is(webAddress)
  imageUrl?: string | null;
}
