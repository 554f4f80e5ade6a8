export { accessDifferences } from './contract-access.ts';
export { createContractCheck } from './contract-check.ts';
export { problemDifferences } from './contract-problems.ts';
export { operationsOf, routesOf } from './contract-routes.ts';
export { wrongExamples } from './document-examples.ts';
export { tablesScanned } from './tables-scanned.ts';
export { createTestDatabase, type TestDatabase } from './test-database.ts';
export { createTestTokens, type TestClaims } from './test-tokens.ts';
export { waitFor } from './wait-for.ts';
