import { fields } from '@shop/contracts';
import { Transform, type TransformFnParams } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsDefined,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { type Medium, type NewProduct, requirePrice } from '../../domain/product.ts';
import { problem } from '../../problems.ts';
import type { ImportLine } from '../../services/product-import.service.ts';
import { IsKnownCurrency } from './currency.ts';
import { parseInput } from './parse-input.ts';
import { Canonical, IsStorable, IsVisible, webAddress } from './text.ts';
import { CanonicalMedia, CanonicalOptions, IsMedia, IsOptions } from './variant.ts';

/** Only in a list that may be so long: one that is too long is refused as it was given. */
const withoutDuplicates = ({ value }: TransformFnParams) =>
  Array.isArray(value) && value.length <= 20 ? [...new Set(value)] : value;

/** All that may be written of a product. What is left out is not looked at; null is wrong where it is not allowed. */
class ProductDto {
  @Canonical(200)
  @IsStorable()
  @Length(1, 200)
  @IsString()
  name?: string;

  @Canonical(5_000)
  @IsStorable()
  @MaxLength(5_000)
  @IsString()
  description?: string;

  @Max(fields.amount.maximum)
  @Min(0)
  @IsInt()
  price?: number;

  @IsKnownCurrency()
  currency?: string;

  @Max(fields.newStock.maximum)
  @Min(0)
  @IsInt()
  stock?: number;

  @IsOptional()
  @Canonical(60)
  @IsVisible()
  @Length(1, 60)
  @IsString()
  category?: string | null;

  @Canonical(40)
  @Transform(withoutDuplicates)
  @IsVisible({ each: true })
  @Length(1, 40, { each: true })
  @IsString({ each: true })
  @ArrayMaxSize(20)
  @IsArray()
  tags?: string[];

  @IsOptional()
  @Matches(webAddress, { message: '$property must be an http or https URL' })
  @MaxLength(2_000)
  @IsString()
  imageUrl?: string | null;

  @IsOptional()
  @Canonical(64)
  @IsVisible()
  @Length(1, 64)
  @IsString()
  sku?: string | null;

  @IsOptional()
  @Canonical(64)
  @IsVisible()
  @Length(1, 64)
  @IsString()
  groupId?: string | null;

  @CanonicalOptions()
  @IsOptions()
  options?: Record<string, string>;

  @CanonicalMedia()
  @IsMedia()
  media?: Medium[];
}

/** The body of `POST /products`. */
export class CreateProductDto extends ProductDto {
  @IsDefined()
  override name!: string;

  @IsDefined()
  override description!: string;

  @IsDefined()
  override price!: number;

  @IsDefined()
  override stock!: number;
}

/**
 * The product that a body describes, with what it leaves out.
 * @throws Problem `validation-failed` for a price that its currency cannot have
 */
export function toNewProduct(given: CreateProductDto, defaultCurrency: string): NewProduct {
  const { currency = defaultCurrency, category = null, tags = [], media = [] } = given;
  const { imageUrl = media[0]?.url ?? null, sku = null, groupId = null, options = {} } = given;
  requirePrice({ price: given.price, currency });
  return { ...given, currency, category, tags, imageUrl, sku, groupId, options, media };
}

/** The body of `PATCH /products/:id`. */
export class UpdateProductDto extends ProductDto {
  /** The product's version at which `stock` was counted. */
  @Max(fields.id.maximum)
  @Min(1)
  @IsInt()
  version?: number;
}

type ParsedLine = Omit<ImportLine, 'number' | 'toNew'>;

/** @throws Problem `validation-failed` */
export function parseImportLine(input: unknown): ParsedLine {
  const { stock, version, ...content } = parseInput(UpdateProductDto, input);
  const { sku } = content;
  if (sku === undefined || sku === null) throw missing(['sku']);
  return { sku, content, stock, version };
}

/**
 * The product that a line makes when none has its SKU.
 * @throws Problem `validation-failed` when it lacks what a new one must have
 */
export function toImportedProduct({ content, stock }: ParsedLine, defaultCurrency: string): NewProduct {
  const given = { ...content, stock };
  const lacking = (['name', 'description', 'price', 'stock'] as const).filter(
    (field) => given[field] === undefined,
  );
  if (lacking.length > 0) throw missing(lacking);
  return toNewProduct(given as CreateProductDto, defaultCurrency);
}

const missing = (fields: readonly string[]) =>
  problem('validation-failed', { errors: fields.map((field) => ({ field, message: 'is missing' })) });
