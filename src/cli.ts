import { fileURLToPath } from 'node:url';
import { coxswain } from './cli/coxswain.ts';

// Who has read enough, as `head` has, closes the pipe; that is no trouble.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

process.exitCode = await coxswain(process.argv.slice(2), {
  env: process.env,
  templates: fileURLToPath(new URL('../manifests/jobs', import.meta.url)),
  print: (text) => process.stdout.write(`${text}\n`),
  complain: (text) => process.stderr.write(`${text}\n`),
});
