import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'reports/', '.crescendo/', 'k6/', '**/*.mjs', 'bench/*.js'] },
  { ignores: ['.stryker-tmp/'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // Sobek 2026-07 ends the whole process when an object with #private fields is made within an async function.
      'no-restricted-syntax': [
        'error',
        {
          selector: 'PrivateIdentifier',
          message: 'Use the private keyword: #names crash k6 (Sobek) in async code.',
        },
      ],
      // Sobek 2026-07 knows a weak key by its address, which another object has after a collection.
      'no-restricted-globals': [
        'error',
        ...['WeakMap', 'WeakSet'].map((name) => ({
          name,
          message: `A ${name} in k6 (Sobek) may give what was kept for another object.`,
        })),
      ],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
    },
  },
);
