import unit from './ava.config.js';

export default { ...unit, files: ['test/{way,contract,sandbox}/**/*.test.ts'], timeout: '90s', concurrency: 4 };
