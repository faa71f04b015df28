import tseslint from 'typescript-eslint';

/** Forbids imports that match `patterns` (gitignore style) in `files`, saying why. */
const fence = (files, patterns, message) => ({
  files,
  rules: {
    'no-restricted-imports': [
      'error',
      { patterns: patterns.map((group) => ({ group: [].concat(group), message })) },
    ],
  },
});

const SHARP = ['sharp'];
const EXECUTION = ['onnxruntime-*', '@tensorflow/tfjs-backend-*', '@tensorflow/tfjs-node*'];
const DATABASE = ['@electric-sql/*', 'pg'];
const QUEUE = ['pg-boss', ...DATABASE];
const HTTP = ['hono', 'hono/*', '@hono/*'];
const PLUGIN = ['**/plugin/**'];
const SERVER = ['**/server/**'];
const PLAIN = ['**/plain/**'];

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'coverage/', 'server/painter/kernels/assembly/'] },
  tseslint.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      eqeqeq: 'error',
    },
  },
  // The fences between the folders. Later entries replace earlier ones for the files that both match.
  fence(
    ['server/**'],
    [SHARP, EXECUTION, QUEUE, PLUGIN, PLAIN],
    'only images/ imports sharp, only engine/ an execution library, only jobs/ the queue, only database/ a database, only tests the plain kernels; the server never imports the plugin',
  ),
  fence(
    ['server/jobs/**'],
    [SHARP, EXECUTION, DATABASE, HTTP, PLUGIN, PLAIN, ['../routes/**', '../cli/**']],
    'jobs/ knows nothing of HTTP, and its database by what it does',
  ),
  fence(
    ['server/database/**'],
    [SHARP, EXECUTION, HTTP, PLUGIN, PLAIN, ['../[a-z]*/**']],
    'database/ knows nothing of what is kept in it but its schema',
  ),
  fence(
    ['server/blobs/**'],
    [SHARP, EXECUTION, QUEUE, HTTP, PLUGIN, PLAIN, ['../[a-z]*/**', '!../disk/**']],
    'blobs/ keeps bytes under keys and knows nothing of what they are',
  ),
  fence(['plugin/**'], [SHARP, EXECUTION, QUEUE, HTTP, SERVER], 'the plugin never imports the server'),
  fence(
    ['plugin/ui/**'],
    [SHARP, EXECUTION, QUEUE, HTTP, SERVER, ['**/web/**', '**/figma/**', '**/main/**']],
    'the interface knows its surroundings only as a Host',
  ),
  fence(
    ['plugin/figma/**'],
    [SHARP, EXECUTION, QUEUE, HTTP, SERVER, ['**/web/**', '**/main/**']],
    'the window knows main only by its messages',
  ),
  fence(
    ['plugin/main/**'],
    [SHARP, EXECUTION, QUEUE, HTTP, SERVER, ['**/web/**', '**/figma/**', '**/ui/**', 'preact', 'zod*']],
    'main runs in a sandbox without a page, and knows the window only by its messages',
  ),
  fence(['shared/**'], [SHARP, EXECUTION, QUEUE, HTTP, SERVER, PLUGIN], 'shared/ imports neither end'),
  fence(
    ['server/webhooks/**'],
    [SHARP, EXECUTION, QUEUE, HTTP, PLUGIN, PLAIN, ['../[a-z]*/**']],
    'webhooks/ sends one webhook and knows neither queue nor routes',
  ),
  fence(['server/images/**'], [EXECUTION, PLUGIN, ['../[a-z]*/**']], 'images/ knows pictures only'),
  fence(['server/engine/**'], [SHARP, PLUGIN, ['../[a-z]*/**']], 'engine/ knows nothing of SinGAN'),
  fence(
    ['server/painter/**'],
    [SHARP, EXECUTION, PLUGIN, PLAIN, ['../singan/**', '../engine/**', '../panorama/**']],
    'painter/ knows nothing of SinGAN, and only its tests the plain kernels',
  ),
  fence(
    ['server/singan/**'],
    [SHARP, EXECUTION, PLUGIN, ['../[a-z]*/**', '!../images/picture.ts']],
    'singan/ knows only tfjs-core, no engine',
  ),
  {
    // Tests and benchmarks may wire real parts together.
    files: ['**/*.test.ts', 'plugin/{web,figma}/*.testing.ts', 'plugin/bench/*.ts'],
    rules: { 'no-restricted-imports': 'off' },
  },
);
