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
import { type NewProduct, requirePrice } from '../../domain/product.ts';
import { IsKnownCurrency } from './currency.ts';
import { Canonical, IsStorable, IsVisible } from './text.ts';

/** Only in a list that may be so long: one that is too long is refused as it was given. */
const withoutDuplicates = ({ value }: TransformFnParams) =>
  Array.isArray(value) && value.length <= 20 ? [...new Set(value)] : value;

/** In ASCII, as RFC 3986 has it, without a user or password before the host. */
const webAddress = /^https?:\/\/[A-Za-z0-9.-]+(:[0-9]{1,5})?([/?#][!#-;=?-[\]_a-z~]*)?$/;

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
  const { currency = defaultCurrency, category = null, tags = [], imageUrl = null } = given;
  requirePrice({ price: given.price, currency });
  return { ...given, currency, category, tags, imageUrl };
}

/** The body of `PATCH /products/:id`. */
export class UpdateProductDto extends ProductDto {
  /** The product's version at which `stock` was counted. */
  @Max(fields.id.maximum)
  @Min(1)
  @IsInt()
  version?: number;
}
