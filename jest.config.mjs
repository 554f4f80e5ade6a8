export default {
  projects: ['<rootDir>/packages/*/jest.config.mjs', '<rootDir>/*_service/jest.config.mjs'],
  passWithNoTests: true,
  // jest reads this one from the root only, whatever the projects say.
  testTimeout: 15_000,
};
