export default {
  projects: ['<rootDir>/packages/*/jest.config.mjs', '<rootDir>/*_service/jest.config.mjs'],
  passWithNoTests: true,
  // Also on a machine with few cores: the tests wait for databases and timers more than they compute.
  maxWorkers: 2,
  // jest reads this one from the root only, whatever the projects say.
  testTimeout: 15_000,
};
