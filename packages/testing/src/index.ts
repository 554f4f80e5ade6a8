export { type AccessOptions, accessDifferences } from './contract-access.ts';
export {
  type ContractCheck,
  createContractCheck,
  operationsOf,
  routesOf,
  wrongExamples,
} from './contract-check.ts';
export { problemDifferences } from './contract-problems.ts';
export { createTestDatabase, type TestDatabase, type TestDatabaseOptions } from './test-database.ts';
export { createTestTokens, type TestClaims, type TestTokens } from './test-tokens.ts';
export { type WaitForOptions, waitFor } from './wait-for.ts';
