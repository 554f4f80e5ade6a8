import { fields } from '@shop/contracts';
import { Transform, type TransformFnParams } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsDefined,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { type ProductSort, productSorts } from '../../domain/search-index.ts';
import { IsKnownCurrency } from './currency.ts';
import { Canonical, IsStorable } from './text.ts';

/** Stricter than `@Type(() => Number)`, to which `1e1` is a number too, and nothing is 0. */
const asInteger = ({ value }: Pick<TransformFnParams, 'value'>) =>
  typeof value === 'string' && /^(0|[1-9]\d{0,11})$/.test(value) ? Number(value) : value;

/** `7,9` as in `ids=7,9`; an emptied list has none. */
const asIntegers = ({ value }: TransformFnParams) => {
  if (typeof value !== 'string') return value;
  return value === '' ? [] : value.split(',').map((part) => asInteger({ value: part }));
};

const asBoolean = ({ value }: TransformFnParams) =>
  value === 'true' || value === 'false' ? value === 'true' : value;

/** The query of `GET /products?ids=`, which takes nothing else. */
export class ProductsByIdDto {
  @Transform(asIntegers)
  @Max(fields.id.maximum, { each: true })
  @Min(1, { each: true })
  @IsInt({ each: true })
  @ArrayMaxSize(100)
  @IsArray()
  ids: number[] = [];
}

/** The query of `GET /products`. */
export class ListProductsDto {
  @Transform(asInteger)
  @Max(100)
  @Min(1)
  @IsInt()
  limit = 20;

  @Transform(asInteger)
  @Max(2_147_483_647)
  @Min(0)
  @IsInt()
  offset = 0;

  @IsOptional()
  @Matches(/^[A-Za-z0-9_-]{1,2000}$/, { message: '$property must be the nextCursor of a reply' })
  @IsString()
  cursor?: string;

  @IsOptional()
  @Canonical(200)
  @IsStorable()
  @MaxLength(200)
  @IsString()
  search?: string;

  @IsOptional()
  @Transform(asBoolean)
  @IsBoolean()
  highlight?: boolean;

  @IsOptional()
  @Transform(asBoolean)
  @IsBoolean()
  facets?: boolean;

  @IsOptional()
  @Canonical(60)
  @IsStorable()
  @Length(1, 60)
  @IsString()
  category?: string;

  @IsOptional()
  @Canonical(40)
  @IsStorable()
  @Length(1, 40)
  @IsString()
  tag?: string;

  @IsOptional()
  @IsKnownCurrency()
  currency?: string;

  @IsOptional()
  @Transform(asInteger)
  @Max(fields.amount.maximum)
  @Min(0)
  @IsInt()
  minPrice?: number;

  @IsOptional()
  @Transform(asInteger)
  @Max(fields.amount.maximum)
  @Min(0)
  @IsInt()
  maxPrice?: number;

  @IsOptional()
  @Transform(asBoolean)
  @IsBoolean()
  inStock?: boolean;

  @IsOptional()
  @IsIn(productSorts)
  sort?: ProductSort;

  @IsOptional()
  @IsIn(['group'])
  collapse?: 'group';
}

/** The query of `GET /products/suggest`. */
export class SuggestDto {
  @Canonical(100)
  @IsStorable()
  @MaxLength(100)
  @IsString()
  @IsDefined()
  q!: string;
}

/** The body of `POST /products/stock`. */
export class StockLookUpDto {
  @Max(fields.id.maximum, { each: true })
  @Min(1, { each: true })
  @IsInt({ each: true })
  @ArrayMaxSize(200)
  @IsArray()
  @IsDefined()
  ids!: number[];
}

/** The path of one product. */
export class ProductPathDto {
  @Transform(asInteger)
  @Max(fields.id.maximum)
  @Min(1)
  @IsInt()
  @IsDefined()
  id!: number;
}

/** The path of `GET /product-groups/:id`. */
export class GroupPathDto {
  @Canonical(64)
  @IsStorable()
  @Length(1, 64)
  @IsString()
  @IsDefined()
  id!: string;
}

/** The query of `POST /products/import`. */
export class ImportQueryDto {
  @IsOptional()
  @Transform(asBoolean)
  @IsBoolean()
  dryRun?: boolean;
}

/** The path of `GET /timeline/:orderNumber`. */
export class TimelinePathDto {
  @Matches(new RegExp(fields.orderNumber.pattern))
  @IsDefined()
  orderNumber!: string;
}

/** Its query. */
export class TimelineDto {
  @Matches(/^[A-Za-z0-9_:,-]{0,10000}$/, { message: '$property must be ids, separated by commas' })
  @IsString()
  ids = '';
}
