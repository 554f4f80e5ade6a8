import type { Tokens } from './tokens.ts';

export type ServiceName = 'user' | 'catalog' | 'order' | 'payment' | 'storefront';

/** What is in the shop when the table begins. Nothing of it is different when the table has ended. */
export interface World {
  readonly urls: Readonly<Record<ServiceName, string>>;
  readonly tokens: Tokens;
  /** On sale at 1250, 5 pieces left. */
  readonly productId: number;
  readonly deletedProductId: number;
  /** An account that exists, the buyer's. */
  readonly email: string;
  /** Of the buyer; the stranger's cart is empty. */
  readonly lineItemId: number;
  /** Orders of the buyer. */
  readonly processingOrder: string;
  readonly completedOrder: string;
  readonly cancelledOrder: string;
  /** Of the processing order. */
  readonly paymentId: string;
  /** An Idempotency-Key that the stranger has used for an order with an empty body. */
  readonly usedKey: string;
  /** Signs a body as Stripe would: the value of `Stripe-Signature`. */
  readonly signWebhook: (body: string, atSeconds?: number) => string;
}

type OfWorld<T> = T | ((world: World) => T);
type Body = object | string | number | boolean | null | undefined | ((world: World) => object);

interface Request {
  /** Sent as JSON. */
  readonly body?: Body;
  /** Sent as it is, instead of `body`. */
  readonly raw?: string | Buffer;
  /** `application/json` where there is a body; null for none at all. */
  readonly type?: string | null;
  /** Whose token goes along; none when left out. */
  readonly as?: keyof Tokens;
  readonly headers?: OfWorld<Readonly<Record<string, string | readonly string[]>>>;
}

interface Refusal {
  /** The fields that a 400 must name, all of them and no others. */
  readonly fields?: readonly string[];
  /** Members that a problem must have beyond those that all have. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** The methods that a 405 must name; those that come with every path (HEAD, OPTIONS) do not count. */
  readonly allow?: readonly string[];
}

/** One request that must be refused, and exactly how. */
export interface Row extends Request, Refusal {
  readonly service: ServiceName;
  readonly name: string;
  /** Method and path: `GET /products`. */
  readonly operation: OfWorld<string>;
  /** Status and code: `404 product-not-found`. */
  readonly answer: string;
}

export const ofWorld = <T>(value: OfWorld<T>, world: World): T =>
  typeof value === 'function' ? (value as (world: World) => T)(world) : value;

/** Fields instead of status and code mean 400 `validation-failed`, naming these. */
export type Case = readonly [
  name: string,
  operation: OfWorld<string>,
  answer: string | readonly string[],
  more?: Request & Refusal,
];

export function refused(service: ServiceName, as: keyof Tokens | undefined, cases: readonly Case[]): Row[] {
  return cases.map(([name, operation, answer, more]) => ({
    service,
    name,
    operation,
    ...(as && { as }),
    ...(typeof answer === 'string' ? { answer } : { answer: '400 validation-failed', fields: answer }),
    ...more,
  }));
}

/** What is wrong with a body, the body, and the fields that the refusal must name. */
export type BadBody = readonly [name: string, body: Body, fields: readonly string[]];

/** Rows of bodies that one operation refuses. */
export function refusedBodies(
  service: ServiceName,
  as: keyof Tokens | undefined,
  operation: OfWorld<string>,
  bodies: readonly BadBody[],
): Row[] {
  const label = typeof operation === 'string' ? operation : 'change';
  return refused(
    service,
    as,
    bodies.map(([name, body, fields]) => [`${label}: ${name}`, operation, fields, { body }]),
  );
}

/** Rows of a query that one operation refuses: the query, and the fields that the refusal must name. */
export function refusedQueries(
  service: ServiceName,
  as: keyof Tokens | undefined,
  operation: string,
  queries: readonly (readonly [query: string, ...fields: string[]])[],
): Row[] {
  return refused(
    service,
    as,
    queries.map(([query, ...fields]) => [
      `${operation}?${query.slice(0, 60)}`,
      `${operation}?${query}`,
      fields,
    ]),
  );
}

/** A body whose members are in `__proto__`, where they must not count. */
export const inPrototype = (members: object): object =>
  JSON.parse(`{"__proto__":${JSON.stringify(members)}}`);
