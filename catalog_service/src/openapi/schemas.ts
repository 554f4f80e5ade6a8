import { fields, stockReplySchema } from '@shop/contracts';
import { productExample } from './examples.ts';

/** No NUL, and no half of a surrogate pair: neither can be kept. */
const storable = { allOf: [{ pattern: '^[^\\u0000\\ud800-\\udfff]*$' }] };

/** Spaces around it are taken off, and nothing must not be left. */
const filledText = (maxLength: number) => ({
  type: 'string',
  minLength: 1,
  maxLength,
  pattern: '\\S',
  ...storable,
});

const name = filledText(200);
const description = { type: 'string', maxLength: 5_000, ...storable };
const category = filledText(60);
const tag = filledText(40);
const tags = {
  type: 'array',
  description: 'What is said twice counts once.',
  maxItems: 20,
  items: tag,
};
const imageUrl = {
  type: 'string',
  description: 'An absolute http or https URL (RFC 3986, so in ASCII), with no user or password in it.',
  maxLength: 2_000,
  pattern: '^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?([/?#][!#-;=?-\\[\\]_a-z~]*)?$',
};
const price = { ...fields.amount, description: 'In minor units of `currency`.' };
const orNull = (schema: { readonly type: string }) => ({ ...schema, type: [schema.type, 'null'] });

const content = {
  name,
  description,
  price,
  currency: {
    ...fields.currency,
    description: 'ISO 4217; the shop’s own (`DEFAULT_CURRENCY`) when left out.',
  },
  stock: { ...fields.stock, description: 'How many there are.' },
  category: orNull(category),
  tags,
  imageUrl: orNull(imageUrl),
};

const revision = {
  type: 'integer',
  minimum: 1,
  description: 'Rises with the content; what `If-Match` checks.',
};
const version = {
  type: 'integer',
  minimum: 1,
  maximum: fields.id.maximum,
  description: 'Rises with the content and with the stock.',
};

const product = {
  type: 'object',
  properties: {
    id: fields.id,
    ...content,
    currency: fields.currency,
    revision,
    version,
    createdAt: { type: 'string', format: 'date-time' },
    updatedAt: { type: 'string', format: 'date-time' },
  },
  required: ['id', ...Object.keys(content), 'revision', 'version', 'createdAt', 'updatedAt'],
  additionalProperties: false,
  examples: [productExample],
};

const highlights = {
  type: 'object',
  description:
    'With `highlight=true` and a `search`: where its words were found. HTML in which `<mark>` is the only element, and ' +
    'which is safe for `innerHTML`. A text in which none was found is left out; when all were found in the category and ' +
    'tags, both are.',
  properties: {
    name: { type: 'string', description: 'The whole name.' },
    description: {
      type: 'string',
      description:
        'About 150 characters of the description (of its first 2,000), with "…" where there is more of it: words, or ' +
        'whole sentences, as the search engine cuts them.',
    },
  },
  additionalProperties: false,
};

const foundProduct = {
  ...product,
  description: 'A product, and where the words of the search are in it.',
  properties: { ...product.properties, highlights },
};

const count = { type: 'integer', minimum: 0 };
const facetValues = (description: string, maxItems: number) => ({
  type: 'array',
  description,
  maxItems,
  items: {
    type: 'object',
    properties: { value: { type: 'string' }, count },
    required: ['value', 'count'],
    additionalProperties: false,
  },
});

const facets = {
  type: 'object',
  description:
    'How many products each choice would give, under the search and all filters but its own: with a category chosen, ' +
    '`tags` counts within it, and `categories` still tells what the others have. Each value is a filter as it is.',
  properties: {
    categories: facetValues('The most frequent first; at most 100. For `category`.', 100),
    tags: facetValues('The 20 most frequent. For `tag`.', 20),
    priceRanges: {
      type: 'array',
      description: 'Always the same ranges, also when they are empty. For `minPrice` and `maxPrice`.',
      items: {
        type: 'object',
        properties: {
          from: { ...fields.amount, description: 'Inclusive: `minPrice`.' },
          to: { ...orNull(fields.amount), description: 'Inclusive: `maxPrice`. Null: there is no end.' },
          count,
        },
        required: ['from', 'to', 'count'],
        additionalProperties: false,
      },
    },
    inStock: {
      type: 'object',
      description: 'What can be had, and what is sold out. For `inStock`.',
      properties: { true: count, false: count },
      required: ['true', 'false'],
      additionalProperties: false,
    },
  },
  required: ['categories', 'tags', 'priceRanges', 'inStock'],
  additionalProperties: false,
};

const productPage = {
  type: 'object',
  properties: {
    items: { type: 'array', items: { $ref: '#/components/schemas/FoundProduct' } },
    total: { ...count, maximum: 10_000, description: 'On all pages; at most 10,000.' },
    totalIsExact: { type: 'boolean', description: 'False: there are more than `total`.' },
    limit: { type: 'integer', description: 'As it was asked.' },
    offset: { type: 'integer', description: 'As it was asked.' },
    nextCursor: {
      type: ['string', 'null'],
      description: 'For the next page; null on the last. Means nothing but that: do not take it apart.',
    },
    facets: { $ref: '#/components/schemas/Facets', description: 'With `facets=true`.' },
  },
  required: ['items', 'total', 'totalIsExact', 'limit', 'offset', 'nextCursor'],
  additionalProperties: false,
};

const suggestions = {
  type: 'object',
  properties: {
    items: {
      type: 'array',
      maxItems: 10,
      items: {
        type: 'object',
        properties: {
          kind: { type: 'string', enum: ['category', 'product'] },
          text: {
            type: 'string',
            description: 'The whole name: of the category, for `category`; of the product.',
          },
          id: { ...fields.id, description: 'Of the product; a category has none.' },
        },
        required: ['kind', 'text'],
        additionalProperties: false,
      },
    },
  },
  required: ['items'],
  additionalProperties: false,
};

/** The components of the document: bodies, replies, and what their parts are called. */
export const schemas = {
  Product: product,
  NewProduct: {
    type: 'object',
    description: 'Spaces around `name`, `description`, `category` and tags are taken off.',
    properties: { ...content, stock: { ...fields.newStock, description: 'How many there are.' } },
    required: ['name', 'description', 'price', 'stock'],
    additionalProperties: false,
  },
  ProductChange: {
    type: 'object',
    description: 'What is given changes; null takes a category or an image away.',
    properties: {
      ...content,
      stock: { ...fields.newStock, description: 'A new count of all there are. Needs `version`.' },
      version: { ...version, description: 'The product’s `version` at which `stock` was counted.' },
    },
    additionalProperties: false,
  },
  FoundProduct: foundProduct,
  ProductPage: productPage,
  Facets: facets,
  Suggestions: suggestions,
  StockLookUp: {
    type: 'object',
    properties: { ids: { type: 'array', maxItems: 200, items: fields.id } },
    required: ['ids'],
    additionalProperties: false,
  },
  StockReply: stockReplySchema,
  Deleted: {
    type: 'object',
    properties: { id: fields.id },
    required: ['id'],
    additionalProperties: false,
  },
};

/** The parameters of queries, which are checked as bodies are. */
export const parameterSchemas = {
  search: { type: 'string', maxLength: 200, ...storable },
  category,
  tag,
  price: fields.amount,
  suggest: filledText(100),
  cursor: { type: 'string', pattern: '^[A-Za-z0-9_-]{1,2000}$' },
};
