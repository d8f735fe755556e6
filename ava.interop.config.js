import unit from './ava.config.js';

export default { ...unit, files: ['test/interop/**/*.test.ts'], timeout: '20m', concurrency: 1 };
