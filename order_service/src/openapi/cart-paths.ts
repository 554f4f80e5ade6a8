import { jsonBody, type Parameter, type Paths, ref, reply, withToken } from '@shop/service-kit';
import { lineParamsSchema } from '../schemas/requests.ts';
import { ofBodies, refusals } from './problems.ts';

const tags = ['Cart'];
const lineItemId: Parameter = {
  name: 'lineItemId',
  in: 'path',
  required: true,
  description: 'The `id` of a line of the cart.',
  schema: lineParamsSchema.properties.lineItemId,
};

export const cartPaths: Paths = {
  '/cart': {
    get: {
      operationId: 'getCart',
      tags,
      summary: 'Show the cart, with what it costs and what is in stock right now',
      description:
        'Each line says whether it can be ordered (`availability`) and whether its price moved since it was put ' +
        'there (`priceChanged`, `currentPrice`). Somebody who never put anything into a cart has an empty one.',
      security: withToken,
      responses: {
        200: reply('The cart.', ref('Cart')),
        ...refusals('catalog-service-unavailable'),
      },
    },
    post: {
      operationId: 'addToCart',
      tags,
      summary: 'Put a product into the cart',
      description:
        'Adding a product again raises its quantity. The line takes over today’s name and price: what the customer ' +
        'has just seen. The stock is looked at, not reserved: that happens when the cart is ordered.',
      security: withToken,
      requestBody: jsonBody(ref('CartItem')),
      responses: {
        200: reply('The product was there: the line with its raised quantity.', ref('CartLine')),
        201: reply('The new line.', ref('CartLine')),
        ...refusals(
          ...ofBodies,
          'product-not-found',
          'insufficient-stock',
          'cart-full',
          'catalog-service-unavailable',
        ),
      },
    },
  },
  '/cart/{lineItemId}': {
    patch: {
      operationId: 'changeCartLine',
      tags,
      summary: 'Change the quantity of a line',
      description: 'The line keeps the price that was shown for it; `GET /cart` says when it moved.',
      security: withToken,
      parameters: [lineItemId],
      requestBody: jsonBody(ref('CartChange')),
      responses: {
        200: reply('The line.', ref('CartLine')),
        ...refusals(
          ...ofBodies,
          'cart-line-not-found',
          'product-not-found',
          'insufficient-stock',
          'catalog-service-unavailable',
        ),
      },
    },
    delete: {
      operationId: 'removeCartLine',
      tags,
      summary: 'Take a line out of the cart',
      description: 'Works while catalog_service is away, too.',
      security: withToken,
      parameters: [lineItemId],
      responses: {
        204: { description: 'It is gone.' },
        ...refusals('validation-failed', 'cart-line-not-found'),
      },
    },
  },
};
