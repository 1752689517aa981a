import tseslint from 'typescript-eslint'

export default tseslint.config(
  {
    ignores: [
      'dist/',
      'node_modules/',
      'coverage/',
      'src/kernels/assembly/',
      'src/kernels/pool-worker.js',
      'src/serve/embeddings/local-model-worker.js',
      'src/train/learning-worker.js',
      'src/kernels/wasm-binaries.ts',
      'build-page.js',
      '.ci/',
      '**/*.config.*',
    ],
  },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // A method that satisfies an async interface need not await anything itself.
      '@typescript-eslint/require-await': 'off',
    },
  },
)
