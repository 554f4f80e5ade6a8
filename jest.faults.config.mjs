// The battery of faults: `*.faults.test.ts`, by `pnpm test:faults`. It starts all that it breaks.
process.env.SHOP_TEST_ENGINES = 'faults';
process.env.SHOP_TEST_PATIENCE_MS ??= '60000';

const { default: config } = await import('./jest.config.mjs');
export default { ...config, maxWorkers: 1, testTimeout: 240_000 };
