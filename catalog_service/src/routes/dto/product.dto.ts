import { fields } from '@shop/contracts';
import {
  currencyCode,
  Is,
  IsListOf,
  Nullable,
  Optional,
  Trimmed,
  TrimmedSet,
  textOf,
  webAddress,
  wholeNumber,
} from './rules.ts';

const name = textOf(1, 200);
const description = textOf(0, 5_000);
const category = textOf(1, 60);
const tag = textOf(1, 40);
const mostTags = 20;
const price = wholeNumber(fields.amount.minimum, fields.amount.maximum);
const stock = wholeNumber(fields.stock.minimum, fields.stock.maximum);

export class CreateProductDto {
  @Trimmed()
  @Is(name)
  name!: string;

  @Trimmed()
  @Is(description)
  description!: string;

  @Is(price)
  price!: number;

  @Optional()
  @Is(currencyCode)
  currency?: string;

  @Is(stock)
  stock!: number;

  @Nullable()
  @Trimmed()
  @Is(category)
  category?: string | null;

  @Optional()
  @TrimmedSet()
  @IsListOf(tag, mostTags)
  tags?: string[];

  @Nullable()
  @Trimmed()
  @Is(webAddress)
  imageUrl?: string | null;
}

export class UpdateProductDto {
  @Optional()
  @Trimmed()
  @Is(name)
  name?: string;

  @Optional()
  @Trimmed()
  @Is(description)
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
  @Trimmed()
  @Is(category)
  category?: string | null;

  @Optional()
  @TrimmedSet()
  @IsListOf(tag, mostTags)
  tags?: string[];

  @Nullable()
  @Trimmed()
  @Is(webAddress)
  imageUrl?: string | null;
}
