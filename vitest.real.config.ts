import { defineConfig } from 'vitest/config';

/** Tests against real control planes: `npm run test:real`. They share two clusters, so they run one file at a time. */
export default defineConfig({
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/real/**/*.test.ts', 'test/conformance/**/*.real.test.ts'],
    globalSetup: ['test/controlplane/global-setup.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
