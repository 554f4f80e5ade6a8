import { describeService, type OpenApiDocument } from '@shop/service-kit';
import { cartPaths } from './openapi/cart-paths.ts';
import { components } from './openapi/components.ts';
import { orderPaths } from './openapi/order-paths.ts';
import { streamPaths } from './openapi/stream-paths.ts';

const description = `Carts, orders and their life.

**Tokens.** Everything but the operations of the service itself needs \`Authorization: Bearer <token>\`, with the
token of user_service's \`POST /login\`. A customer sees only what is theirs; what is somebody else's is answered 404,
as if it were not there.

**Money** is an integer in the minor unit of its currency: 4550 in \`usd\` is $45.50, 4550 in \`jpy\` is ¥4550.
Currencies are ISO 4217 in lower case. **Times** are RFC 3339 in UTC.

**From cart to paid order.** \`POST /cart\` for each product; \`GET /cart\` to show it; \`POST /orders\` with an
\`Idempotency-Key\`; \`GET /orders/{orderNumber}/events\` until the status is \`processing\`; then payment_service's
\`POST /create-payment\`; the stream says \`completed\` once the money is there.

**Problems** are \`application/problem+json\` (RFC 9457). Show \`detail\`, branch on \`code\`, which is stable. Where
there is a \`Retry-After\` header the same request may succeed after so many seconds.`;

/** The OpenAPI document of this service; its schemas are the ones that requests are checked with. */
export const document: OpenApiDocument = describeService({
  title: 'Order service',
  description,
  tags: [
    { name: 'Cart', description: 'What a customer is about to order.' },
    { name: 'Orders', description: 'Orders, from being placed to paid or cancelled.' },
  ],
  paths: { ...cartPaths, ...orderPaths, ...streamPaths },
  schemas: components,
});
