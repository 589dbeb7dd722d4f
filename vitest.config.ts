import { defineConfig } from 'vitest/config';

/** Before every test file. */
const setupFiles = ['test/support/own-ports.ts'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          setupFiles,
          include: ['test/unit/**/*.test.ts'],
          // Their data are not part of the project: DSC_PORCUPINE_DATA says where they are.
          exclude: process.env.DSC_PORCUPINE_DATA ? [] : ['test/unit/*-porcupine.test.ts'],
          testTimeout: 10_000,
        },
      },
      {
        test: {
          name: 'process',
          setupFiles,
          include: ['test/process/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'browser',
          setupFiles,
          include: ['test/browser/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'docker',
          setupFiles,
          include: ['test/docker/**/*.test.ts'],
          testTimeout: 240_000,
          hookTimeout: 240_000,
          fileParallelism: false,
        },
      },
      {
        // Ten thousand seeds of each core, and every wrong one.
        test: {
          name: 'simulator',
          include: ['test/simulator/**/*.test.ts'],
          testTimeout: 600_000,
        },
      },
      {
        // Every session, language and runtime, and Raft on live nodes: longer than `npm test` may take.
        test: {
          name: 'stories',
          setupFiles,
          include: ['test/stories/**/*.test.ts'],
          testTimeout: 240_000,
          hookTimeout: 240_000,
          maxWorkers: 2,
        },
      },
    ],
  },
});
