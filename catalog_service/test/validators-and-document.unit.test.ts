import type { Operation, Parameter } from '@shop/service-kit';
import { AppError } from '@shop/service-kit';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { getMetadataStorage } from 'class-validator';
import { schemas } from '../src/openapi/schemas.ts';
import { document } from '../src/openapi.ts';
import { parseInput } from '../src/routes/dto/parse-input.ts';
import { CreateProductDto, UpdateProductDto } from '../src/routes/dto/product.dto.ts';
import {
  ListProductsDto,
  ProductPathDto,
  StockLookUpDto,
  SuggestDto,
} from '../src/routes/dto/requests.dto.ts';
import { type Schema, textsToTry, valuesToTry } from './support/boundary-values.ts';

interface Form {
  readonly dto: new () => object;
  readonly properties: Readonly<Record<string, Schema>>;
  /** A value that both must take. */
  readonly valid: Readonly<Record<string, unknown>>;
  readonly accepts: (value: object) => boolean;
  readonly tries: (schema: Schema) => readonly unknown[];
}

const ajv = new Ajv2020({ strict: false });

function body(dto: Form['dto'], schema: object, valid: Form['valid']): Form {
  const { properties } = schema as { properties: Form['properties'] };
  const accepts = ajv.compile(schema) as (value: unknown) => boolean;
  return { dto, properties, valid, accepts, tries: valuesToTry };
}

/** Parameters arrive as texts: one fits when what it spells, in the one way that is allowed, fits. */
function parameters(
  dto: Form['dto'],
  operation: Operation | undefined,
  from: Parameter['in'],
  valid = {},
): Form {
  const described = operation?.parameters?.filter((parameter) => parameter.in === from) ?? [];
  const properties = Object.fromEntries(described.map(({ name, schema }) => [name, schema as Schema]));
  const required = described.filter((parameter) => parameter.required).map(({ name }) => name);
  const fits = ajv.compile({ type: 'object', properties, required, additionalProperties: false });
  const accepts = (value: object) =>
    fits(
      Object.fromEntries(
        Object.entries(value).map(([name, text]) => [name, spelled(text, properties[name])]),
      ),
    );
  return { dto, properties, valid, accepts, tries: textsToTry };
}

function spelled(text: unknown, schema: Schema | undefined): unknown {
  if (typeof text !== 'string') return text;
  if (schema?.type === 'integer' && /^(0|[1-9]\d*)$/.test(text)) return Number(text);
  if (schema?.type === 'boolean' && /^(true|false)$/.test(text)) return text === 'true';
  return text;
}

const { paths } = document;
const product = { name: 'Mug', description: '', price: 1, stock: 1 };
const forms: [string, Form][] = [
  ['POST /products', body(CreateProductDto, schemas.NewProduct, product)],
  ['PATCH /products/:id', body(UpdateProductDto, schemas.ProductChange, {})],
  ['POST /products/stock', body(StockLookUpDto, schemas.StockLookUp, { ids: [1] })],
  ['GET /products', parameters(ListProductsDto, paths['/products']?.get, 'query')],
  ['GET /products/suggest', parameters(SuggestDto, paths['/products/suggest']?.get, 'query', { q: 'a' })],
  ['the path /products/:id', parameters(ProductPathDto, paths['/products/{id}']?.get, 'path', { id: '1' })],
];

function parses(dto: Form['dto'], value: unknown): boolean {
  try {
    parseInput(dto, value);
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === 'validation-failed') return false;
    throw error;
  }
}

describe.each(forms)('of %s the validator and the document', (_, form) => {
  const { dto, properties, valid, accepts, tries } = form;

  const verdictsOn = (value: object) => [parses(dto, value), accepts(value)] as const;

  it('know the same properties', () => {
    const rules = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false);
    expect(new Set(rules.map((rule) => rule.propertyName))).toEqual(new Set(Object.keys(properties)));
    expect(verdictsOn(valid)).toEqual([true, true]);
    expect(verdictsOn({ ...valid, unheardOf: '1' })).toEqual([false, false]);
  });

  it.each(Object.keys(properties))('judge every value of %s alike', (property) => {
    const values = tries(properties[property] as Schema);
    const judged = values.map((value) => ({ value, verdicts: verdictsOn({ ...valid, [property]: value }) }));
    const apart = judged.filter(({ verdicts: [one, other] }) => one !== other);
    expect(apart.map(({ value, verdicts }) => [shortened(value), verdicts])).toEqual([]);
    expect(new Set(judged.map(({ verdicts }) => verdicts[0]))).toEqual(new Set([true, false]));
  });

  it.each(Object.keys(properties))('agree whether %s may be missing', (property) => {
    const without = Object.fromEntries(Object.entries(valid).filter(([name]) => name !== property));
    const [one, other] = verdictsOn(without);
    expect(one).toBe(other);
  });
});

const shortened = (value: unknown) => JSON.stringify(value).slice(0, 60);
