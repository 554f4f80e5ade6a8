// The tests that need real engines: `*.real.test.ts` in every package.
process.env.SHOP_TEST_ENGINES = 'real';
// Consumer groups form and indices refresh in seconds, not milliseconds.
process.env.SHOP_TEST_PATIENCE_MS ??= '60000';

const { default: config } = await import('./jest.config.mjs');
export default { ...config, testTimeout: 180_000 };
