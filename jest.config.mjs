// One configuration, suites by folder. `scripts/test.mjs` runs them in the order of their cost.
const common = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
};

const suite = (displayName, ...testMatch) => ({ ...common, displayName, testMatch });

export default {
  // For what hangs, on a machine that does much else. What takes longer by its nature says so in its file.
  testTimeout: 30_000,
  projects: [
    suite('unit', '<rootDir>/test/unit/**/*.test.ts', '<rootDir>/test/*.test.ts'),
    suite('native', '<rootDir>/node-gst/test/**/*.test.ts'),
    suite('contract', '<rootDir>/test/contract/**/*.test.ts'),
    suite('e2e', '<rootDir>/test/e2e/**/*.test.ts'),
    // Minutes each, not part of `npm test`: `npm run test:conformance`, `test:long`, and so on.
    suite('conformance', '<rootDir>/test/conformance/**/*.test.ts'),
    suite('long', '<rootDir>/test/long/**/*.test.ts'),
    suite('sanitizers', '<rootDir>/test/sanitizers/**/*.test.ts'),
    suite('fuzz', '<rootDir>/test/fuzz/**/*.test.ts'),
    suite('network', '<rootDir>/test/network/**/*.test.ts'),
    suite('faults', '<rootDir>/test/faults/**/*.test.ts'),
    suite('client', '<rootDir>/test/client/**/*.test.ts'),
    // Real browsers and many pictures: `npm run test:page`.
    suite('page', '<rootDir>/test/page/**/*.test.ts'),
    // Chromium behind networks that lose, delay and break off: `npm run test:bad-networks`.
    suite('bad-networks', '<rootDir>/test/bad-networks/**/*.test.ts'),
    suite('egress', '<rootDir>/test/egress/**/*.test.ts'),
  ],
};
