export * from './check-shop.ts';
export { runDoctor } from './command.ts';
export type { Finding, Report } from './report.ts';
export { readShop, type Shop } from './shop.ts';
