export { createShopClient, type ShopClient, type ShopClientOptions } from './client.ts';
export type { FollowOptions, OrderEvent } from './order-stream.ts';
export { orThrow, ProblemError } from './problems.ts';
export { newKey as newIdempotencyKey } from './send.ts';
export type { Session } from './session.ts';
export { memoryStore, type TokenStore, type Tokens, type WebStorage, webStore } from './token-store.ts';
export type { AnyProblem, Call, CallOptions, DataOf, InputOf, ProblemOf, Result } from './types.ts';
