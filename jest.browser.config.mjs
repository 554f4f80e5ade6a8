// The stories of the demo shop in a browser: `*.browser.test.ts`, by `pnpm test:browser`.
process.env.SHOP_TEST_ENGINES = 'browser';

const { default: config } = await import('./jest.config.mjs');
export default { ...config, maxWorkers: 1, testTimeout: 90_000 };
