import { type Operation, type Paths, ref, withToken } from '@shop/service-kit';
import { newProductExample, productExample } from './examples.ts';
import { ifMatch, jsonReply, productId, tagHeaders } from './parts.ts';
import { ofAdmins, ofBodies, refusals } from './problem-replies.ts';

const newTag = tagHeaders('`"<revision>.<version>"` of what it is now.');

const createProduct: Operation = {
  operationId: 'createProduct',
  summary: 'Puts a product on sale.',
  description:
    'It is found at once. Its stock is kept as a first movement; every later change of it is another one.',
  tags: ['Administration'],
  security: withToken,
  requestBody: {
    required: true,
    content: { 'application/json': { schema: ref('NewProduct'), example: newProductExample } },
  },
  responses: {
    201: jsonReply('The product as it was saved.', ref('Product'), productExample, {
      ...newTag,
      Location: { description: 'The path of the product.', schema: { type: 'string' } },
    }),
    ...refusals(...ofBodies, ...ofAdmins),
  },
};

const updateProduct: Operation = {
  operationId: 'updateProduct',
  summary: 'Changes a product.',
  description: `
What is given changes, the rest stays; to what it is already changes nothing.

A new \`stock\` is a count of all there are, and needs the \`version\` of the product at which it was counted: 428
\`version-required\` without, 412 \`product-changed\` when something was sold or changed since, so that no sale is lost.
Count again then. Without \`stock\`, \`version\` means nothing.`.trim(),
  tags: ['Administration'],
  security: withToken,
  parameters: [productId, ifMatch],
  requestBody: {
    required: true,
    content: {
      'application/json': {
        schema: ref('ProductChange'),
        examples: {
          content: { summary: 'Another price, and no category', value: { price: 1500, category: null } },
          stock: { summary: 'A new count', value: { stock: 50, version: 17 } },
        },
      },
    },
  },
  responses: {
    200: jsonReply('The product as it is now.', ref('Product'), { ...productExample, price: 1500 }, newTag),
    ...refusals(...ofBodies, ...ofAdmins, 'product-not-found', 'product-changed', 'version-required'),
  },
};

const deleteProduct: Operation = {
  operationId: 'deleteProduct',
  summary: 'Takes a product off sale.',
  description: 'It is found nowhere any more; orders of it stay as they are. Cannot be undone.',
  tags: ['Administration'],
  security: withToken,
  parameters: [productId, ifMatch],
  responses: {
    200: jsonReply('Its id.', ref('Deleted'), { id: 14 }),
    ...refusals('validation-failed', ...ofAdmins, 'product-not-found', 'product-changed'),
  },
};

/** What administrators may do. */
export const adminPaths: Paths = {
  '/products': { post: createProduct },
  '/products/{id}': { patch: updateProduct, delete: deleteProduct },
};
