import unit from './ava.config.js';

export default { ...unit, files: ['test/{way,contract}/**/*.test.ts'], timeout: '90s', concurrency: 4 };
