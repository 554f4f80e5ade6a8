import { Ajv2020 } from 'ajv/dist/2020.js';
import { getMetadataStorage } from 'class-validator';
import { document } from '../src/generated/openapi.ts';
import { parseInput } from '../src/routes/dto/parse-input.ts';
import { CreateProductDto, UpdateProductDto } from '../src/routes/dto/product.dto.ts';
import {
  ListProductsDto,
  ProductPathDto,
  ProductsByIdDto,
  StockLookUpDto,
  SuggestDto,
  TimelineDto,
  TimelinePathDto,
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

interface Parameter {
  readonly name: string;
  readonly in: 'query' | 'path' | 'header';
  readonly required?: boolean;
  readonly schema: Schema;
}

/** openapi.yaml with every reference replaced by what it refers to. */
const contract = resolved(document) as {
  readonly paths: Record<string, Record<string, { readonly parameters?: readonly Parameter[] }>>;
  readonly components: { readonly schemas: Record<string, object> };
};

function resolved(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(resolved);
  if (typeof part !== 'object' || part === null) return part;
  const { $ref, ...others } = part as { $ref?: string };
  const members = Object.fromEntries(Object.entries(others).map(([name, value]) => [name, resolved(value)]));
  return $ref === undefined ? members : { ...(resolved(referredTo($ref)) as object), ...members };
}

function referredTo($ref: string): unknown {
  const names = $ref.split('/').slice(1);
  return names.reduce<unknown>((part, name) => (part as Record<string, unknown>)[name], document);
}

const ajv = new Ajv2020({ strict: false });

function body(dto: Form['dto'], schema: object | undefined, valid: Form['valid']): Form {
  const { properties } = schema as { properties: Form['properties'] };
  const accepts = ajv.compile(schema as object) as (value: unknown) => boolean;
  return { dto, properties, valid, accepts, tries: valuesToTry };
}

/** Parameters arrive as texts: one fits when the integer or boolean that it spells fits. */
function parameters(
  dto: Form['dto'],
  path: string,
  from: Parameter['in'],
  valid = {},
  isOfDto = (_name: string) => true,
): Form {
  const all = contract.paths[path]?.['get']?.parameters ?? [];
  const described = all.filter((each) => each.in === from && isOfDto(each.name));
  const properties = Object.fromEntries(described.map(({ name, schema }) => [name, schema]));
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

const { schemas } = contract.components;
const product = { name: 'Mug', description: '', price: 1, stock: 1 };
const forms: [string, Form][] = [
  ['POST /products', body(CreateProductDto, schemas['NewProduct'], product)],
  ['PATCH /products/:id', body(UpdateProductDto, schemas['ProductChange'], {})],
  ['POST /products/stock', body(StockLookUpDto, schemas['StockLookUp'], { ids: [1] })],
  ['GET /products', parameters(ListProductsDto, '/products', 'query', {}, (name) => name !== 'ids')],
  [
    'GET /products?ids=',
    parameters(ProductsByIdDto, '/products', 'query', { ids: '' }, (name) => name === 'ids'),
  ],
  ['GET /products/suggest', parameters(SuggestDto, '/products/suggest', 'query', { q: 'a' })],
  ['the path /products/:id', parameters(ProductPathDto, '/products/{id}', 'path', { id: '1' })],
  ['GET /timeline/:orderNumber', parameters(TimelineDto, '/timeline/{orderNumber}', 'query', {})],
  [
    'the path /timeline/:orderNumber',
    parameters(TimelinePathDto, '/timeline/{orderNumber}', 'path', { orderNumber: 'ORDER-0001' }),
  ],
];

function parses(dto: Form['dto'], value: unknown): boolean {
  try {
    parseInput(dto, value);
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === 'validation-failed') return false;
    throw error;
  }
}

describe.each(forms)('the DTO of %s and openapi.yaml', (_, form) => {
  const { dto, properties, valid, accepts, tries } = form;

  const verdictsOn = (value: object) => [parses(dto, value), accepts(value)] as const;

  it('have the same properties', () => {
    const rules = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false);
    expect(new Set(rules.map((rule) => rule.propertyName))).toEqual(new Set(Object.keys(properties)));
    expect(verdictsOn(valid)).toEqual([true, true]);
    expect(verdictsOn({ ...valid, unheardOf: '1' })).toEqual([false, false]);
  });

  it.each(Object.keys(properties))('accept and refuse the same values of %s', (property) => {
    const values = tries(properties[property] as Schema);
    const judged = values.map((value) => ({ value, verdicts: verdictsOn({ ...valid, [property]: value }) }));
    const apart = judged.filter(({ verdicts: [one, other] }) => one !== other);
    expect(apart.map(({ value, verdicts }) => [shortened(value), verdicts])).toEqual([]);
    expect(new Set(judged.map(({ verdicts }) => verdicts[0]))).toEqual(new Set([true, false]));
  });

  it.each(Object.keys(properties))('agree whether %s is required', (property) => {
    const without = Object.fromEntries(Object.entries(valid).filter(([name]) => name !== property));
    const [one, other] = verdictsOn(without);
    expect(one).toBe(other);
  });
});

const shortened = (value: unknown) => JSON.stringify(value).slice(0, 60);
