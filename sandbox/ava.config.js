import unit from '../ava.config.js';

export default { ...unit, files: ['test/**/*.test.ts'] };
