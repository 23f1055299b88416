import { availableParallelism } from 'node:os';
import builtIns from './test/support/built-ins.cjs';
import { COMPILED } from './test/support/child.ts';

// For jest's own processes and the worker threads that tests start; before jest starts either.
process.env['NODE_COMPILE_CACHE'] = COMPILED;

const common = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  sandboxInjectedGlobals: builtIns,
  transform: { '\\.ts$': '<rootDir>/test/support/strip-types.cjs' },
  // What a test can reach, and so what watch mode watches.
  roots: ['<rootDir>/functions', '<rootDir>/infra', '<rootDir>/lib', '<rootDir>/test'],
};

/**
 * The tiers of test/, by how much of the world they need: `unit` and `property` need none and little time, `test:fast`.
 * `exhaustive` tries all inputs there are, and `long` starts many processes: `npm run test:long`.
 */
const TIERS = [
  'unit',
  'property',
  'exhaustive',
  'contract',
  'fault',
  'infra',
  'local',
  'conformance',
  'browser',
  'e2e',
  'long',
];

// npm's script `jest` has V8 count buffers to the limit of its heap. By default every 64 MB of buffers begin a collection, whose time grows
// with the modules that jest keeps: a sixth of the processor time of the fast tests.
export default {
  // jest takes one core less than there are, which is half of two. One more than there are: suites wait for processes and services.
  maxWorkers: availableParallelism() + 1,
  // For a busy machine: no test is about time. jest ignores this setting inside a project.
  testTimeout: 120_000,
  testSequencer: '<rootDir>/test/support/longest-first.cjs',
  projects: TIERS.map((tier) => ({
    ...common,
    displayName: tier,
    testMatch: [`<rootDir>/test/${tier}/**/*.test.ts`],
  })),
};
