import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const swcJest = fileURLToPath(import.meta.resolve('@swc/jest'));

// Decorators and fields as the services' tsconfig has them: class-validator's whitelist depends on both.
const swcOptions = {
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', decorators: true },
    experimental: { keepImportAttributes: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
  },
  module: { type: 'es6' },
  sourceMaps: 'inline',
};

/**
 * The jest configuration of one package, for its `jest.config.mjs`:
 * `export default jestConfig(import.meta.url)`.
 *
 * With `postgres` (the default) one throw-away PostgreSQL serves the whole run, however many packages
 * take part, and `TEST_POSTGRES_URL` is its superuser's URL; `createTestDatabase` builds on it.
 *
 * @param {string} configUrl `import.meta.url` of the package's configuration file
 * @param {{ postgres?: boolean }} [options]
 * @returns {import('jest').Config}
 */
export function jestConfig(configUrl, { postgres = true } = {}) {
  const { SHOP_TEST_ENGINES: engines } = process.env;
  const real = engines === 'real';
  const { name } = JSON.parse(readFileSync(new URL('package.json', configUrl), 'utf8'));
  return {
    displayName: name,
    rootDir: fileURLToPath(new URL('.', configUrl)),
    testMatch: [`<rootDir>/test/**/*${engines ? `.${engines}` : ''}.test.ts`],
    testPathIgnorePatterns: [
      '/node_modules/',
      ...(engines ? [] : ['\\.(real|faults|fuzz|browser|greedy)\\.test\\.ts$']),
    ],
    testEnvironment: 'node',
    testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
    extensionsToTreatAsEsm: ['.ts'],
    transform: { '\\.ts$': [swcJest, swcOptions] },
    // Some packages, too, have TypeScript under the condition `source`.
    transformIgnorePatterns: ['/node_modules/(?!.*\\.ts$)'],
    testTimeout: 15_000,
    ...((postgres || real) && {
      globalSetup: here(real ? 'jest/start-real.mjs' : 'jest/start-postgres.mjs'),
      globalTeardown: here(real ? 'jest/stop-real.mjs' : 'jest/stop-postgres.mjs'),
    }),
  };
}
