import { writeFileSync } from 'node:fs';
import { copyImage } from './skopeo/copy.ts';
import { type CopyFlags, parseCopy } from './skopeo/flags.ts';
import { openPlace } from './skopeo/open-place.ts';

/**
 * Plays skopeo in the sandbox: `skopeo copy` between registries, and from a folder (`dir:`), byte for byte, and logs as skopeo 1.9.3 does
 * without a terminal. Where registries answer is set by COXSWAIN_SANDBOX_REGISTRIES, as for Makisu; others are asked by their own name.
 */
async function main([command, ...words]: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  if (command === '--version') return say('skopeo version 1.9.3\n');
  if (command !== 'copy') return fatal(`unknown command "${command ?? ''}" for "skopeo": the sandbox plays copy`);
  let flags: CopyFlags;
  try {
    flags = parseCopy(words);
  } catch (error) {
    return fatal((error as Error).message);
  }
  try {
    const registries = JSON.parse(env.COXSWAIN_SANDBOX_REGISTRIES ?? '{}') as Record<string, string>;
    const source = openPlace(flags.source, { registries, plain: flags.plainSource, authFile: flags.authFile });
    const destination = openPlace(flags.destination, { registries, plain: flags.plainDestination, authFile: flags.authFile });
    const digest = await copyImage(source, destination, { all: flags.all, log: (line) => process.stdout.write(`${line}\n`) });
    if (flags.digestFile) writeFileSync(flags.digestFile, digest);
    return 0;
  } catch (error) {
    return fatal((error as Error).message);
  }
}

function say(text: string): number {
  process.stdout.write(text);
  return 0;
}

function fatal(message: string): number {
  process.stderr.write(`time="${new Date().toISOString().slice(0, 19)}Z" level=fatal msg=${JSON.stringify(message)}\n`);
  return 1;
}

process.exitCode = await main(process.argv.slice(2), process.env);
