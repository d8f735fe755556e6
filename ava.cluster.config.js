export default { extensions: ['ts'], files: ['test/cluster/**/*.test.ts'], timeout: '20m', concurrency: 1, workerThreads: false };
