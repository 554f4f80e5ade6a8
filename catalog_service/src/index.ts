export { type CatalogServiceDeps, createCatalogService } from './app.ts';
export { type CatalogConfig, readConfig } from './config.ts';
export { migrateCatalogDatabase } from './db/migrate.ts';
export type { ProductPage, ProductSearch, SearchIndex } from './domain/search-index.ts';
export { document } from './generated/openapi.ts';
