import { cancelReasons, fields } from '@shop/contracts';

/** What a problem's `code` means, and what its document carries beside the members of every problem. */
export interface ProblemType {
  readonly status: number;
  /** When it comes, and what to do then. */
  readonly meaning: string;
  readonly members?: Readonly<Record<string, object>>;
  /** Members that it does not always have. */
  readonly optional?: readonly string[];
  readonly example?: Readonly<Record<string, unknown>>;
  readonly retryAfter?: true;
}

const text = { type: 'string' } as const;
const pieces = { type: 'integer', minimum: 0 } as const;
const money = { type: 'integer', minimum: 0, description: 'In minor units.' } as const;
const listOf = (properties: Readonly<Record<string, object>>, optional: readonly string[] = []) => ({
  type: 'array',
  items: {
    type: 'object',
    properties,
    required: Object.keys(properties).filter((name) => !optional.includes(name)),
    additionalProperties: false,
  },
});
const ofLine = {
  lineItemId: { ...fields.id, description: 'The line of the cart: `/cart/{lineItemId}`.' },
  productId: fields.id,
  name: text,
} as const;

/** Every `code` that this service answers. */
export const problemTypes = {
  'validation-failed': {
    status: 400,
    meaning: 'Something in the request breaks a rule. `errors` names every field at once.',
    members: { errors: listOf({ field: text, message: text }) },
    example: { errors: [{ field: 'qty', message: 'must be >= 1, not 0' }] },
  },
  'malformed-json': { status: 400, meaning: 'The body is not JSON.' },
  'malformed-request': { status: 400, meaning: 'The path or the body cannot be decoded.' },
  'invalid-encoding': { status: 400, meaning: 'The body, a header or the query is not valid UTF-8.' },
  overloaded: { status: 503, meaning: 'Too many requests at once. Try again after `Retry-After`.' },
  'token-missing': { status: 401, meaning: 'There is no `Authorization: Bearer` header.' },
  'invalid-token': { status: 401, meaning: 'The token is not one of this shop’s. Log in again.' },
  'token-expired': { status: 401, meaning: 'The token was good, and is over. Get a new one and try again.' },
  'admin-only': { status: 403, meaning: 'Only administrators may ask for this.' },
  'product-not-found': { status: 404, meaning: 'No such product is for sale.' },
  'cart-line-not-found': { status: 404, meaning: 'The cart has no such line. Load it again.' },
  'order-not-found': { status: 404, meaning: 'There is no such order, or it is somebody else’s.' },
  'cart-empty': { status: 409, meaning: 'There is nothing to order.' },
  'cart-full': { status: 409, meaning: 'A cart holds at most 100 different products.' },
  'cart-changed': {
    status: 409,
    meaning: 'The cart was changed, or ordered, at the same moment. Show it again.',
  },
  'product-unavailable': {
    status: 409,
    meaning: 'These lines are no longer for sale. Let the customer remove them.',
    members: { products: listOf(ofLine) },
    example: { products: [{ lineItemId: 12, productId: 7, name: 'Lamp' }] },
  },
  'insufficient-stock': {
    status: 409,
    meaning:
      'There is less in stock than is wanted; `shortages` names each product, with what is available. Offer that. ' +
      '`requested` and `available` themselves are there when it is about one line of the cart.',
    members: {
      shortages: listOf({ ...ofLine, requested: pieces, available: pieces }, ['lineItemId']),
      requested: { ...pieces, description: 'With what the cart holds already.' },
      available: pieces,
    },
    optional: ['requested', 'available'],
    example: { shortages: [{ lineItemId: 12, productId: 7, name: 'Lamp', requested: 3, available: 1 }] },
  },
  'mixed-currencies': {
    status: 409,
    meaning: 'One order takes one currency. Let the customer remove the lines of the others.',
    members: { currencies: { type: 'array', items: fields.currency } },
    example: { currencies: ['eur', 'usd'] },
  },
  'amount-out-of-range': {
    status: 409,
    meaning: 'An order costs at least `min` and at most `max`; this one would cost `amount`.',
    members: { amount: money, min: money, max: money },
    example: { amount: 100_000_000, min: 1, max: 99_999_999 },
  },
  'price-changed': {
    status: 409,
    meaning:
      'The order costs `amount` now, which is not what the customer saw or agreed to; `changes` names the prices ' +
      'that moved since they were put into the cart. Show the new total; if the customer agrees, send the request ' +
      'again with `{amount, currency}` of this problem.',
    members: {
      amount: { ...money, description: 'Today’s total: what to agree to.' },
      currency: fields.currency,
      changes: listOf({
        ...ofLine,
        from: { ...money, description: 'What one piece cost, in `fromCurrency`.' },
        fromCurrency: fields.currency,
        to: { ...money, description: 'What it costs now, in `currency`.' },
      }),
    },
    example: {
      amount: 9900,
      currency: 'usd',
      changes: [{ lineItemId: 12, productId: 7, name: 'Lamp', from: 4550, fromCurrency: 'usd', to: 4950 }],
    },
  },
  'request-in-progress': {
    status: 409,
    meaning: 'A request with this Idempotency-Key is being worked on. Send it again after `Retry-After`.',
    retryAfter: true,
  },
  'stock-pending': {
    status: 409,
    meaning: 'The stock is still being reserved. Try again after `Retry-After`, or wait for the live stream.',
    retryAfter: true,
  },
  'order-cancelled': {
    status: 409,
    meaning: 'The order is cancelled; `reason` says why, as in the order.',
    members: { reason: { type: 'string', enum: cancelReasons } },
    example: { reason: 'payment-expired' },
  },
  'order-completed': { status: 409, meaning: 'The order is paid already. Show it.' },
  'body-too-large': { status: 413, meaning: 'The body is larger than 100 kB.' },
  'unsupported-media-type': { status: 415, meaning: 'The body must be JSON in UTF-8.' },
  'idempotency-key-reused': {
    status: 422,
    meaning: 'This Idempotency-Key was used with another body. Make a new key for a new request.',
  },
  'own-streams-exhausted': {
    status: 429,
    meaning: 'You have 20 live streams open here already. Close some.',
    retryAfter: true,
  },
  'internal-error': { status: 500, meaning: 'A fault of ours; the `requestId` finds it in our logs.' },
  'catalog-service-unavailable': {
    status: 503,
    meaning: 'Prices and stock cannot be asked for right now. Nothing was changed.',
    retryAfter: true,
  },
  'database-unavailable': { status: 503, meaning: 'The data cannot be reached right now.', retryAfter: true },
  'keys-unavailable': { status: 503, meaning: 'Tokens cannot be checked right now.', retryAfter: true },
  'streams-exhausted': {
    status: 503,
    meaning:
      'This instance serves as many live streams as it can. Try again, or ask for the order now and then.',
    retryAfter: true,
  },
} as const satisfies Record<string, ProblemType>;

export type ProblemCode = keyof typeof problemTypes;
