import { fileURLToPath } from 'node:url';
import { coxswain } from './cli/coxswain.ts';

process.exitCode = await coxswain(process.argv.slice(2), {
  env: process.env,
  templates: fileURLToPath(new URL('../manifests/jobs', import.meta.url)),
  print: (text) => process.stdout.write(`${text}\n`),
  complain: (text) => process.stderr.write(`${text}\n`),
});
