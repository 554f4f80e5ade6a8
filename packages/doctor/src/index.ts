export * from './check-shop.ts';
export type { StripeAccount } from './payments.ts';
export * from './report.ts';
