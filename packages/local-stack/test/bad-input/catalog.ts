import {
  pathsBeyondUtf8,
  refusedTokens,
  unknownRoutes,
  unreadableBodies,
  unreadablePaths,
  withoutToken,
  wrongMethods,
} from './every-operation.ts';
import {
  type BadBody,
  type Case,
  inPrototype,
  type Row,
  refused,
  refusedBodies,
  refusedQueries,
  type World,
} from './row.ts';

const product = { name: 'Nothing', description: 'Must never be made.', price: 100, stock: 1 };
const required = ['description', 'name', 'price', 'stock'];

const wrong = (
  field: string,
  values: readonly (readonly [name: string, value: unknown, named?: string])[],
): BadBody[] =>
  values.map(([name, value, named = field]) => [`${field} ${name}`, { ...product, [field]: value }, [named]]);

/** Values that are no count and no price, whatever the range. */
const noNumbers = [
  ['left out', undefined],
  ['null', null],
  ['a text', '100'],
  ['true', true],
  ['a list', [100]],
  ['an object', { valueOf: 100 }],
  ['a fraction', 1.5],
  ['a fraction that hardly is one', 1.000_000_1],
  ['negative', -1],
  ['beyond all whole numbers', 9_007_199_254_740_992],
  ['astronomical', 1e300],
] as const;

const products: readonly BadBody[] = [
  ['no members at all', {}, required],
  ['a list', [product], ['body']],
  ['a text', 'product', ['body']],
  ['null', null, ['body']],
  ['no body', undefined, ['body']],
  ['members of the prototype do not count', inPrototype(product), ['__proto__', ...required]],
  ['a member that every object has', { ...product, constructor: { name: 'x' } }, ['constructor']],
  ['another such member', { ...product, toString: 'x' }, ['toString']],
  ['members that are not for the caller to say', { ...product, id: 1, version: 9 }, ['id', 'version']],
  ['everything wrong', { name: '', description: 5, price: -1, stock: 'x', tags: {} }, [...required, 'tags']],
  ...wrong('name', [
    ['left out', undefined],
    ['null', null],
    ['a number', 5],
    ['a list', ['Nothing']],
    ['an object', { toString: 'Nothing' }],
    ['empty', ''],
    ['spaces alone', ' \u00a0\u2003 '],
    ['of 201 characters', 'x'.repeat(201)],
    ['of 201 emoji', '🧦'.repeat(201)],
    ['with NUL', 'No\0thing'],
    ['with half a surrogate pair', 'No\ud83dthing'],
    ['with the halves of a pair exchanged', 'No\ude00\ud83dthing'],
  ]),
  ...wrong('description', [
    ['null', null],
    ['of 5001 characters', 'x'.repeat(5_001)],
    ['with NUL', '\0'],
  ]),
  ...wrong('price', [...noNumbers, ['more than Stripe takes', 100_000_000]]),
  ...wrong('stock', [...noNumbers, ['more than the column holds', 2_147_483_648]]),
  ...wrong('currency', [
    ['in capitals', 'USD'],
    ['of two letters', 'us'],
    ['unknown', 'zzz'],
    ['that is gold', 'xau'],
    ['a word', 'dollar'],
    ['a number', 840],
    ['null', null],
    ['of other letters', 'υσδ'],
    ['with a line break', 'usd\n'],
  ]),
  ...wrong('category', [
    ['empty', ''],
    ['of 61 characters', 'x'.repeat(61)],
    ['a list', ['Audio']],
    ['with NUL', 'Au\0dio'],
  ]),
  ...wrong('tags', [
    ['a text', 'red'],
    ['null', null],
    ['an object', { 0: 'red', length: 1 }],
    ['21 of them', Array.from({ length: 21 }, (_, index) => `tag ${index}`)],
    ['with a number', ['red', 5], 'tags.1'],
    ['with an empty one', ['red', ' '], 'tags.1'],
    ['with null', [null], 'tags.0'],
    ['with a list', [['red']], 'tags.0'],
    ['with one of 41 characters', ['x'.repeat(41)], 'tags.0'],
    ['with NUL', ['red\0'], 'tags.0'],
  ]),
  ...wrong('imageUrl', [
    ['a script', 'javascript:alert(1)'],
    ['a file', 'file:///etc/passwd'],
    ['of another protocol', 'ftp://example.com/a.png'],
    ['a path', '/images/a.png'],
    ['a number', 5],
    ['of 2001 characters', `https://example.com/${'x'.repeat(1_981)}`],
  ]),
];

const changedBodies: readonly BadBody[] = [
  ['a list', [{ price: 1 }], ['body']],
  ['null', null, ['body']],
  ['name null', { name: null }, ['name']],
  ['name half a surrogate pair', { name: '\udfff' }, ['name']],
  ['price a text', { price: '1' }, ['price']],
  ['price negative', { price: -5 }, ['price']],
  ['version 0', { stock: 5, version: 0 }, ['version']],
  ['version a text', { stock: 5, version: '1' }, ['version']],
  ['what changes by itself', { id: 5, revision: 5, updatedAt: 'x' }, ['id', 'revision', 'updatedAt']],
  ['an instruction of another format', { $set: { price: 1 } }, ['$set']],
];

const lookUps: readonly BadBody[] = [
  ['no ids', {}, ['ids']],
  ['a list instead of an object', [1, 2], ['body']],
  ['ids a number', { ids: 1 }, ['ids']],
  ['ids an object', { ids: { length: 1 } }, ['ids']],
  ['ids null', { ids: null }, ['ids']],
  ['201 ids', { ids: Array.from({ length: 201 }, (_, index) => index + 1) }, ['ids']],
  ['ids as texts', { ids: ['1', '2'] }, ['ids.0', 'ids.1']],
  [
    'a good id among bad ones',
    { ids: [0, 1, -1, 1.5, null, 2 ** 31] },
    [0, 2, 3, 4, 5].map((at) => `ids.${at}`),
  ],
  ['a list within the list', { ids: [[1]] }, ['ids.0']],
  ['another member', { ids: [1], limit: 5 }, ['limit']],
];

const queries = refusedQueries('catalog', undefined, 'GET /products', [
  ['limit=0', 'limit'],
  ['limit=101', 'limit'],
  ['limit=-1', 'limit'],
  ['limit=1.5', 'limit'],
  ['limit=1e1', 'limit'],
  ['limit=0x10', 'limit'],
  ['limit=010', 'limit'],
  ['limit=%2B5', 'limit'],
  ['limit=%EF%BC%95', 'limit'],
  ['limit=', 'limit'],
  ['limit=ten', 'limit'],
  ['limit=99999999999999999999', 'limit'],
  ['limit=5&limit=6', 'limit'],
  ['offset=-1', 'offset'],
  ['offset=2147483648', 'offset'],
  ['offset=1;DROP', 'offset'],
  ['sort=cheapest', 'sort'],
  ['sort=constructor', 'sort'],
  ['sort=price&sort=name', 'sort'],
  ['minPrice=-1', 'minPrice'],
  ['minPrice=9.99', 'minPrice'],
  ['minPrice=null', 'minPrice'],
  ['maxPrice=1000000000000', 'maxPrice'],
  ['maxPrice=Infinity', 'maxPrice'],
  ['inStock=yes', 'inStock'],
  ['inStock=1', 'inStock'],
  ['inStock=TRUE', 'inStock'],
  ['facets=all', 'facets'],
  ['category=', 'category'],
  ['category=%00', 'category'],
  ['tag=%20', 'tag'],
  [`tag=${'x'.repeat(41)}`, 'tag'],
  [`search=${'x'.repeat(201)}`, 'search'],
  ['search=lamp%00', 'search'],
  ['search=a&search=b', 'search'],
  ['cursor=', 'cursor'],
  ['cursor=garbage', 'cursor'],
  ['cursor=a&cursor=b', 'cursor'],
  ['cursor=a%20b', 'cursor'],
  [`cursor=${Buffer.from('[]').toString('base64url')}`, 'cursor'],
  [`cursor=${Buffer.from('["0",1,null]').toString('base64url')}`, 'cursor'],
  [`cursor=${Buffer.from('['.repeat(1_400)).toString('base64url')}`, 'cursor'],
  ['cursor=garbage&offset=5', 'offset'],
  [`cursor=${Buffer.from('{"id":"1 OR 1=1"}').toString('base64url')}`, 'cursor'],
  ['limit=x&offset=x&sort=x', 'limit', 'offset', 'sort'],
]);

const suggestions = refusedQueries('catalog', undefined, 'GET /products/suggest', [
  ['', 'q'],
  [`q=${'x'.repeat(101)}`, 'q'],
  ['q=a&q=b', 'q'],
  ['q=%00', 'q'],
]);

const badIds = [
  '0',
  '-1',
  '1.5',
  '1e3',
  '01',
  '+1',
  '0x1',
  '2147483648',
  '9'.repeat(20),
  'one',
  '%00',
  '%201',
];
const strangeIds = ['%EF%BC%91', '__proto__', 'constructor', "1'--", '1%2F2', '1,2,3'];

const absent = '404 product-not-found';
const stale = '412 product-changed';
const forbidden = '403 admin-only';
const body = { price: 1 };
const ifMatch = (tags: string) => ({ headers: { 'if-match': tags } });

const change = ({ productId }: World) => `PATCH /products/${productId}`;
const remove = ({ productId }: World) => `DELETE /products/${productId}`;

const changes: readonly Case[] = [
  ['another revision', change, stale, { ...ifMatch('"99"'), body }],
  ['no such tag', change, stale, { ...ifMatch('"abc"'), body }],
  ['an empty tag', change, stale, { ...ifMatch('""'), body }],
  ['a tag without quotes', change, ['If-Match'], { ...ifMatch('1'), body }],
  ['half a tag', change, ['If-Match'], { ...ifMatch('"1'), body }],
  ['tags with a hole', change, ['If-Match'], { ...ifMatch('"1", ,"2"'), body }],
  ['an empty If-Match', change, ['If-Match'], { ...ifMatch(''), body }],
  ['* among tags', change, ['If-Match'], { ...ifMatch('*, "1"'), body }],
  ['stock without its version', change, '428 version-required', { body: { stock: 5 } }],
  ['stock of another version', change, stale, { body: { stock: 5, version: 999 } }],
  ['a change by a customer', change, forbidden, { as: 'buyer', body }],
  ['a change of what is not there', 'PATCH /products/2147483647', absent, { body }],
  [
    'a change of what is deleted',
    ({ deletedProductId }) => `PATCH /products/${deletedProductId}`,
    absent,
    { body },
  ],
  ['a change of no id', 'PATCH /products/x', ['id'], { body }],
  ['deletion of another revision', remove, stale, ifMatch('"99.1"')],
  ['deletion, a tag without quotes', remove, ['If-Match'], ifMatch('W/1')],
  ['deletion by a customer', remove, forbidden, { as: 'buyer' }],
  ['deletion of no id', 'DELETE /products/all', ['id']],
  ['deletion of several at once', 'DELETE /products/1,2,3', ['id']],
  ['deletion, twice', ({ deletedProductId }) => `DELETE /products/${deletedProductId}`, absent],
  [
    'deletion with a body that is no JSON',
    remove,
    '415 unsupported-media-type',
    { raw: 'x', type: 'text/plain' },
  ],
  ['a product by a customer', 'POST /products', forbidden, { as: 'buyer', body: product }],
  ['a bad product by a customer', 'POST /products', forbidden, { as: 'buyer', body: {} }],
  [
    'a price of 1e999',
    'POST /products',
    required,
    { raw: '{"name":0,"description":0,"price":1e999,"stock":-0.5}' },
  ],
];

export const catalogRows: readonly Row[] = [
  ...unreadableBodies('catalog', 'admin', 'POST /products'),
  ...refusedBodies('catalog', 'admin', 'POST /products', products),
  ...refusedBodies('catalog', 'admin', change, changedBodies),
  ...refusedBodies('catalog', undefined, 'POST /products/stock', lookUps),
  ...refused('catalog', 'admin', changes),
  ...queries,
  ...suggestions,
  ...refused('catalog', undefined, [
    ...[...badIds, ...strangeIds].map((id): Case => [`product ${id}`, `GET /products/${id}`, ['id']]),
    ['a product that is not there', 'GET /products/2147483647', absent],
    ['a product that is deleted', ({ deletedProductId }) => `GET /products/${deletedProductId}`, absent],
  ]),
  ...unreadablePaths('catalog', ['GET /products/%zz', 'GET /products/%']),
  ...pathsBeyondUtf8('catalog', ['GET /products/%E0%A4%A', 'GET /products/%C0%AF']),
  ...refusedTokens('catalog', 'POST /products', product),
  ...withoutToken('catalog', [
    'POST /products',
    'PATCH /products/1',
    'DELETE /products/1',
    'DELETE /products/x',
  ]),
  ...unknownRoutes('catalog', [
    'GET /product',
    'GET /products/1/reviews',
    'GET /products/../healthz',
    'POST /products/1/stock',
    'GET /constructor',
    'GET /docs/nothing',
    'GET /docs/package.json',
  ]),
  ...wrongMethods('catalog', {
    'DELETE /products': ['GET', 'POST'],
    'PROPFIND /products': ['GET', 'POST'],
    'TRACE /products': ['GET', 'POST'],
    'PUT /products/1': ['DELETE', 'GET', 'PATCH'],
    'POST /products/1': ['DELETE', 'GET', 'PATCH'],
    'DELETE /readyz': ['GET'],
    'PUT /openapi.json': ['GET'],
  }),
];
