import { defineConfig } from 'vitest/config';
import { stackTests } from './test/iam/record.ts';

/** Starting a function cold, uploading and processing take seconds on a small machine. */
const stackTestTimeoutMs = 300_000;
const stackStartTimeoutMs = 10 * 60_000;

/** Every core: Vitest leaves one free, which on two cores is half of them. */
const maxWorkers = '100%';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/{core,adapters,handlers,client}/**/*.test.ts', 'test/local/engine*.test.ts'],
          // Decoders and child processes share a small machine.
          testTimeout: 30_000,
          maxWorkers,
        },
      },
      {
        test: {
          name: 'infra',
          include: ['test/infra/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          maxWorkers,
        },
      },
      {
        test: {
          name: 'stack',
          include: stackTests,
          globalSetup: ['test/support/stack-setup.ts'],
          setupFiles: ['test/support/ended-file.ts'],
          // They share one deployed stack: one file after the other.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          testTimeout: stackTestTimeoutMs,
          hookTimeout: stackStartTimeoutMs,
        },
      },
      {
        test: {
          name: 'iam',
          include: ['test/iam/**/*.test.ts'],
          // It looks at what the stack tests recorded.
          sequence: { groupOrder: 2 },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
