export { type CatalogServiceDeps, createCatalogService } from './app.ts';
export { type CatalogConfig, readConfig } from './config.ts';
export { migrateCatalogDatabase } from './db/migrate.ts';
export { document } from './generated/openapi.ts';
export type { ProductPage, ProductSearch, SearchIndex } from './search/search-index.ts';
