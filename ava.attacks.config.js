import unit from './ava.config.js';

export default { ...unit, files: ['test/attacks/**/*.test.ts'], timeout: '5m', concurrency: 1 };
