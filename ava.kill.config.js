export default { extensions: ['ts'], files: ['test/kill/**/*.test.ts'], timeout: '20m', concurrency: 1, workerThreads: false };
