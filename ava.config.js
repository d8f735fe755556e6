import { fileURLToPath } from 'node:url';

/** What a contributor runs all the time. Suites that start whole worlds, or need more than Node and git, have a configuration of their own. */
export default {
  extensions: ['ts'],
  files: ['test/**/*.test.ts', '!test/{way,contract,cluster,kill,attacks,browser,interop}/**'],
  concurrency: 4,
  // Threads would share one big process, and forking that for every git command takes longer.
  workerThreads: false,
  timeout: '90s',
  // What goes to GitHub, and what the sandbox's stand-in for it answers, is compared with its own description.
  require: [fileURLToPath(new URL('test/fixtures/strict-github.ts', import.meta.url))],
  // Each file is a process of its own; the next one finds what the last has compiled.
  environmentVariables: { NODE_COMPILE_CACHE: fileURLToPath(new URL('node_modules/.cache/compiled', import.meta.url)) },
};
