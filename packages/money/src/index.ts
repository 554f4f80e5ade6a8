export * from './currency-rules.ts';
