import unit from './ava.config.js';

export default { ...unit, files: ['test/cluster/**/*.test.ts'], timeout: '20m', concurrency: 1 };
