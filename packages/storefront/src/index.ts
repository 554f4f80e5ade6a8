export { createStorefront } from './app.ts';
export { readConfig, type StorefrontConfig } from './config.ts';
