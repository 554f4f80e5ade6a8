export * from './check-shop.ts';
export * from './report.ts';
