import { fields } from '@shop/contracts';
import { Transform, type TransformFnParams } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateIf,
} from 'class-validator';
import { IsStorable, Trim } from './text.ts';

/** Unlike `@IsOptional()`, which lets null through. */
const IfDefined = () => ValidateIf((_, value) => value !== undefined);

/** Only in a list that may be so long: one that is too long is refused as it was given. */
const withoutDuplicates = ({ value }: TransformFnParams) =>
  Array.isArray(value) && value.length <= 20 ? [...new Set(value)] : value;

const currency = new RegExp(fields.currency.pattern);

/** In ASCII, as RFC 3986 has it, without a user or password before the host. */
const webAddress = /^https?:\/\/[A-Za-z0-9.-]+(:[0-9]{1,5})?([/?#][!#-;=?-[\]_a-z~]*)?$/;

/** The fields of a product that may be left out, when it is created as when it is changed. */
class OptionalContentDto {
  @IfDefined()
  @Matches(currency, { message: '$property must be three lower-case letters (ISO 4217)' })
  @IsString()
  currency?: string;

  @IsOptional()
  @Trim(60)
  @IsStorable()
  @Length(1, 60)
  @IsString()
  category?: string | null;

  @IfDefined()
  @Transform(withoutDuplicates)
  @Trim(40)
  @IsStorable({ each: true })
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
export class CreateProductDto extends OptionalContentDto {
  @Trim(200)
  @IsStorable()
  @Length(1, 200)
  @IsString()
  name!: string;

  @Trim(5_000)
  @IsStorable()
  @MaxLength(5_000)
  @IsString()
  description!: string;

  @Max(fields.amount.maximum)
  @Min(0)
  @IsInt()
  price!: number;

  @Max(fields.newStock.maximum)
  @Min(0)
  @IsInt()
  stock!: number;
}

/** The body of `PATCH /products/:id`. */
export class UpdateProductDto extends OptionalContentDto {
  @IfDefined()
  @Trim(200)
  @IsStorable()
  @Length(1, 200)
  @IsString()
  name?: string;

  @IfDefined()
  @Trim(5_000)
  @IsStorable()
  @MaxLength(5_000)
  @IsString()
  description?: string;

  @IfDefined()
  @Max(fields.amount.maximum)
  @Min(0)
  @IsInt()
  price?: number;

  @IfDefined()
  @Max(fields.newStock.maximum)
  @Min(0)
  @IsInt()
  stock?: number;

  /** The product's version at which `stock` was counted. */
  @IfDefined()
  @Max(fields.id.maximum)
  @Min(1)
  @IsInt()
  version?: number;
}
