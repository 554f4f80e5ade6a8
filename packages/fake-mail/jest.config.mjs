import { jestConfig } from '@shop/testing/jest-config';

export default jestConfig(import.meta.url, { postgres: false });
