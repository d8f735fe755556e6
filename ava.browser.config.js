export default { extensions: ['ts'], files: ['test/browser/**/*.test.ts'], timeout: '20m', concurrency: 1, workerThreads: false };
