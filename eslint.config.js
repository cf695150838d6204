// Only the rules that need types; everything else is Biome's.
import tseslint from 'typescript-eslint';

const clockAndChance = [
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: 'Time is handed in: use the Clock (src/runtime/clock.ts).',
  },
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Time is handed in: use new Date(clock.now()).' },
  { selector: "MemberExpression[object.name='performance'][property.name='now']", message: 'Time is handed in: use clock.monotonic().' },
  {
    selector: "MemberExpression[object.name='Math'][property.name='random']",
    message: 'Chance is handed in: use the Random (src/runtime/random.ts).',
  },
  {
    selector: 'CallExpression[callee.name=/^(setTimeout|setInterval|setImmediate|queueMicrotask)$/]',
    message: 'Timers belong to the Clock: use clock.sleep, clock.after or clock.yield.',
  },
  {
    selector: 'CallExpression[callee.name=/^(randomUUID|randomBytes|randomInt|getRandomValues)$/]',
    message: 'Chance is handed in: use the Random.',
  },
];
const sockets = ['node:net', 'node:tls', 'node:http', 'node:https', 'node:http2', 'node:dgram', 'undici', 'ws'];

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', '**/__generated__/**', 'scripts/**', '*.ts', '*.js', '*.cjs'] },
  {
    files: ['**/*.ts'],
    languageOptions: { parser: tseslint.parser, parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { '@typescript-eslint': tseslint.plugin },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/await-thenable': 'error',
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/runtime/**', 'src/**/*.test.ts', 'src/**/testing/**'],
    rules: { 'no-restricted-syntax': ['error', ...clockAndChance] },
  },
  {
    // Sockets live in the adapters: the HTTP transport, the simulator's listener, the server.
    files: ['src/**/*.ts'],
    ignores: [
      'src/kube/http/**',
      'src/apiserver/https-server.ts',
      'src/apiserver/https/**',
      'src/server/**',
      'src/healthcheck.ts',
      'src/**/*.test.ts',
    ],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: sockets.map((name) => ({
            name,
            message: 'Sockets belong to the adapters (src/kube/http, src/apiserver, src/server).',
            allowTypeImports: true,
          })),
        },
      ],
      'no-restricted-globals': [
        'error',
        { name: 'fetch', message: 'Sockets belong to the adapters.' },
        { name: 'WebSocket', message: 'Sockets belong to the adapters.' },
      ],
    },
  },
);
