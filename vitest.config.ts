import { defineConfig } from 'vitest/config';

/** Starting a function cold, uploading and processing take seconds on a small machine. */
const stackTestTimeoutMs = 120_000;
const stackStartTimeoutMs = 10 * 60_000;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/{core,adapters,handlers,client}/**/*.test.ts', 'test/local/engine*.test.ts'],
        },
      },
      {
        test: {
          name: 'infra',
          include: ['test/infra/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'stack',
          include: ['test/local/stack/**/*.test.ts', 'test/browser/**/*.test.ts'],
          globalSetup: ['test/support/stack-setup.ts'],
          // They share one deployed stack: one file after the other.
          fileParallelism: false,
          testTimeout: stackTestTimeoutMs,
          hookTimeout: stackStartTimeoutMs,
        },
      },
    ],
  },
});
