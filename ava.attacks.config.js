export default { extensions: ['ts'], files: ['test/attacks/**/*.test.ts'], timeout: '5m', concurrency: 1, workerThreads: false };
