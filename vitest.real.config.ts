import { defineConfig } from 'vitest/config';

/** Tests against real control planes: `npm run test:real`. They share two clusters, so they run one file at a time. */
export default defineConfig({
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/real/**/*.test.ts', 'test/conformance/**/*.real.test.ts'],
    globalSetup: ['test/controlplane/global-setup.ts'],
    fileParallelism: false,
    // More than the waits within a test or a hook come to on a slow machine: those fail by name.
    testTimeout: 240_000,
    hookTimeout: 240_000,
  },
});
