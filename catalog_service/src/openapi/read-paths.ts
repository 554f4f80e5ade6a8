import { type Operation, type Parameter, type Paths, ref } from '@shop/service-kit';
import { productSorts } from '../search/search-index.ts';
import { pageExample, productExample, stockExample, suggestionsExample } from './examples.ts';
import { ifNoneMatch, jsonReply, notModified, productId, tagHeaders } from './parts.ts';
import { ofBodies, refusals } from './problem-replies.ts';
import { parameterSchemas } from './schemas.ts';

const query = (name: string, description: string, schema: object, example?: unknown): Parameter => ({
  name,
  in: 'query',
  description,
  schema,
  ...(example !== undefined && { example }),
});

const listProducts: Operation = {
  operationId: 'listProducts',
  summary: 'Products, by search, filters and order.',
  description: `
All filters together must fit; without any, the newest products come first.

**Search.** Every word must be in the name, the category, the tags or the description. Endings, accents and capitals do
not matter; a word may be unfinished, have another word for it (trainers are sneakers), or have a typo or two (from
four letters on). A word that no product has is left out, and when no product has all words, those
that have all but one are given. When nothing is found, \`total\` is 0: that is no error.

**Highlights.** With \`highlight=true\` and a \`search\`, each item has \`highlights\`: its name, and an excerpt of
its description, as HTML with the found words in \`<mark>\`; of a word that was misspelt or has another word for it,
what it was taken for. All else is escaped, so it may go into \`innerHTML\` as it is. A text without a found word is left
out: show \`highlights?.name\` if there is one, else \`name\` as text.

**Facets.** With \`facets=true\` the reply has \`facets\`: how many products each category, tag, price range and
stock would give. That looks at every product that is found, so ask for it when a page of filters is shown, not with
each further page.

**Total.** \`total\` is exact up to 10,000. When there are more it is 10,000, and \`totalIsExact\` is false.

**Pages.** With \`cursor\` every product comes once, however many are added or deleted meanwhile, and the
thousandth page is as fast as the first. A cursor is of one search: with other filters or another order it is 400
\`validation-failed\`, and so it is, seldom, when another search engine took over; begin at the first page then.`.trim(),
  tags: ['Products'],
  parameters: [
    query('search', 'What somebody typed.', parameterSchemas.search, 'coffee mug'),
    query(
      'highlight',
      '`true`: each item of a `search` has `highlights`. Changes nothing else; a cursor goes on with it or without.',
      { type: 'boolean' },
      true,
    ),
    query(
      'facets',
      '`true`: the reply has `facets`. Changes nothing else; a cursor goes on with it or without.',
      {
        type: 'boolean',
      },
    ),
    query('category', 'Only of this category, exactly as `facets` has it.', parameterSchemas.category),
    query('tag', 'Only with this tag, exactly as `facets` has it.', parameterSchemas.tag),
    query('minPrice', 'Minor units, inclusive.', parameterSchemas.price),
    query('maxPrice', 'Minor units, inclusive.', parameterSchemas.price),
    query('inStock', '`true`: what can be had now. `false`: what is sold out.', { type: 'boolean' }),
    query(
      'sort',
      'A minus turns it round. `relevance` when there is a `search`, else `newest`. Names go without accents and ' +
        'capitals; what is equal goes by id.',
      { type: 'string', enum: productSorts },
    ),
    query('limit', 'At most so many.', { type: 'integer', minimum: 1, maximum: 100, default: 20 }),
    query('offset', 'After so many; not together with `cursor`.', {
      type: 'integer',
      minimum: 0,
      maximum: 2_147_483_647,
      default: 0,
    }),
    query(
      'cursor',
      'The `nextCursor` of the page before, with everything else as it was.',
      parameterSchemas.cursor,
    ),
    ifNoneMatch,
  ],
  responses: {
    200: jsonReply('A page. Beyond the last one `items` is empty.', ref('ProductPage'), pageExample, {
      ...tagHeaders('Of the whole reply: it changes with any product of it.'),
      'Cache-Control': { description: 'Five seconds.', schema: { const: 'public, max-age=5' } },
    }),
    304: notModified,
    ...refusals('validation-failed'),
  },
};

const suggestProducts: Operation = {
  operationId: 'suggestProducts',
  summary: 'Completions, as one types.',
  description:
    'Names of categories and products with words that begin as what was typed: names that begin so themselves come ' +
    'first, then by name. From four letters on a typo is allowed, when nothing begins so. Ask after each key (a pause of 100 ms ' +
    'between requests is enough), and leave replies unshown that come after a newer one.',
  tags: ['Products'],
  parameters: [
    { ...query('q', 'What was typed until now.', parameterSchemas.suggest, 'kit'), required: true },
    ifNoneMatch,
  ],
  responses: {
    200: jsonReply('At most ten, none twice.', ref('Suggestions'), suggestionsExample, {
      ...tagHeaders('Of the whole reply.'),
      'Cache-Control': { description: 'One minute.', schema: { const: 'public, max-age=60' } },
    }),
    304: notModified,
    ...refusals('validation-failed'),
  },
};

const getProduct: Operation = {
  operationId: 'getProduct',
  summary: 'One product, as it is now.',
  description:
    'With `If-None-Match` it is 304, and no body, as long as neither its content nor its stock has changed.',
  tags: ['Products'],
  parameters: [productId, ifNoneMatch],
  responses: {
    200: jsonReply('The product.', ref('Product'), productExample, {
      ...tagHeaders('`"<revision>.<version>"`: send it as `If-Match` to change just that.'),
      'Cache-Control': { description: 'Ask each time.', schema: { const: 'no-cache' } },
    }),
    304: notModified,
    ...refusals('validation-failed', 'product-not-found'),
  },
};

const lookUpStock: Operation = {
  operationId: 'lookUpStock',
  summary: 'Price and stock of many products at once.',
  description:
    'For carts: what each product costs and how many can be had at this moment. Each is answered once, in the order ' +
    'asked; those that are not there (any more) are `missing`, which is no error.',
  tags: ['Products'],
  requestBody: {
    required: true,
    content: { 'application/json': { schema: ref('StockLookUp'), example: { ids: [14, 999] } } },
  },
  responses: {
    200: jsonReply('What was found, and what was not.', ref('StockReply'), stockExample),
    ...refusals(...ofBodies),
  },
};

/** What everybody may do. */
export const readPaths: Paths = {
  '/products': { get: listProducts },
  '/products/suggest': { get: suggestProducts },
  '/products/{id}': { get: getProduct },
  '/products/stock': { post: lookUpStock },
};
