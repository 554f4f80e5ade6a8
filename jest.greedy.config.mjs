// One client that asks for all it can get, beside another one: `*.greedy.test.ts`, by `pnpm test:greedy`. They measure, so
// nothing else should run on the machine.
process.env.SHOP_TEST_ENGINES = 'greedy';

const { default: config } = await import('./jest.config.mjs');
export default { ...config, maxWorkers: 1 };
