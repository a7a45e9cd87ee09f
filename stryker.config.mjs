/**
 * Mutation testing of the pure parts (docs/testing.md): `npm run mutation`, or `npm run mutation -- --mutate <file>`.
 * Each mutant gets one run of the unit tests, bundled into one file that ends at the first failure.
 */
export default {
  testRunner: 'command',
  buildCommand: 'node tests/mutation.mjs bundle',
  commandRunner: { command: 'node tests/mutation.mjs run' },
  mutate: [
    'report/derive/summary.ts',
    'report/derive/verdict.ts',
    'report/derive/doubts/lessThanPlanned.ts',
    'report/derive/ledger.ts',
    'report/verify/invariants.ts',
    'report/parts/recovery.ts',
    'report/compare/compare.ts',
    'report/text/words.ts',
    'lib/words/limits.ts',
    'lib/plans/load.ts',
    'lib/before/thresholds.ts',
    'lib/vu/stages.ts',
  ],
  concurrency: 2,
  timeoutMS: 5000,
  reporters: ['clear-text', 'progress-append-only', 'json', 'html'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  jsonReporter: { fileName: '.mutation/mutation.json' },
  htmlReporter: { fileName: '.mutation/mutation.html' },
  ignorePatterns: ['.crescendo', '.mutation', 'reports', 'dist', 'bench', 'k6', 'target', 'docs', '.ci'],
  // Without one StrykerJS needs no TypeScript beside it: the tests are bundled by esbuild.
  tsconfigFile: 'none.json',
  tempDirName: '.stryker-tmp',
  checkers: [],
  allowConsoleColors: false,
};
