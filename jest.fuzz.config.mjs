// Hostile requests: `*.fuzz.test.ts`, by `pnpm test:fuzz`.
process.env.SHOP_TEST_ENGINES = 'fuzz';
process.env.SHOP_TEST_PATIENCE_MS ??= '60000';

const { default: config } = await import('./jest.config.mjs');
const minutesMs = Number(process.env.FUZZ_MS ?? 60_000);
export default { ...config, maxWorkers: 1, testTimeout: minutesMs + 300_000 };
