import { problemDifferences } from '@shop/testing';

const problems = {
  'cart-full': { status: 409, detail: 'The cart is full.' },
  'internal-error': { status: 500, detail: 'A fault.' },
};

const schema = (...codes: string[]) => ({
  allOf: [{ $ref: '#/components/schemas/Problem' }, { properties: { code: { enum: codes } } }],
});
const example = { type: 'urn:shop:problem:cart-full', title: 'Cart full', status: 409, code: 'cart-full' };
const reply = (description: string, media: object) => ({
  description,
  content: { 'application/problem+json': media },
});
const full = reply('Not now.\n\n- `cart-full`: remove a line.', { schema: schema('cart-full'), example });
const fault = reply('- `internal-error`: a fault.', { schema: schema('internal-error') });

const contract = (responses: object) => ({
  openapi: '3.1.0',
  info: { title: 'carts' },
  paths: {
    '/cart': { post: { responses: { default: { $ref: '#/components/responses/Fault' }, ...responses } } },
  },
  components: { schemas: { Problem: { type: 'object' } }, responses: { Fault: fault } },
});

it('finds no difference when every code is described at its status or at default', () => {
  expect(problemDifferences(contract({ 409: full }), problems)).toEqual([]);
});

it.each([
  ['a code of the catalogue that no operation describes', {}, 'no operation describes cart-full'],
  [
    'a code that the catalogue does not have',
    { 409: full, 404: reply('- `cart-lost`: look.', { schema: schema('cart-lost') }) },
    'has the code cart-lost, which the catalogue does not have',
  ],
  ['a code at another status', { 404: full }, 'has the code cart-full at 404, not at 409'],
  [
    'a code that is not explained',
    { 409: reply('Full.', { schema: schema('cart-full') }) },
    'does not explain the code cart-full',
  ],
  [
    'a problem reply without codes',
    { 409: full, 422: reply('Else.', { schema: { $ref: '#/components/schemas/Problem' } }) },
    'lists no code',
  ],
  [
    'an example with another title than the catalogue',
    {
      409: reply('- `cart-full`: x', { schema: schema('cart-full'), example: { ...example, title: 'Full' } }),
    },
    'has an example of cart-full with another type, title or status',
  ],
  [
    'an example of a code that the reply does not list',
    {
      409: reply('- `cart-full`: x', {
        schema: schema('cart-full'),
        examples: { one: { value: { ...example, code: 'internal-error' } } },
      }),
    },
    'has an example of internal-error',
  ],
])('finds %s', (_, responses, difference) => {
  expect(problemDifferences(contract(responses), problems)).toEqual([expect.stringContaining(difference)]);
});

it('reads codes from const and from any of several schemas', () => {
  const either = { oneOf: [{ properties: { code: { const: 'cart-full' } } }, schema('internal-error')] };
  const differences = problemDifferences(
    contract({ 409: reply('- `cart-full`: x', { schema: either }) }),
    problems,
  );
  expect(differences.join()).toContain('has the code internal-error at 409, not at 500');
  expect(differences.join()).not.toContain('no operation describes cart-full');
});
