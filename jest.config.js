export default {
  testEnvironment: 'node',
  // For a busy machine: no test is about time.
  testTimeout: 120_000,
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/test/support/strip-types.cjs' },
};
