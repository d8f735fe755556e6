import { appendFileSync } from 'node:fs';
import { build } from './makisu/build.ts';
import { type Flags, parseFlags, usage } from './makisu/flags.ts';
import { openLog } from './makisu/log.ts';

/**
 * Plays the Makisu image in the sandbox: takes the flags of Makisu 0.4.2, builds and pushes a true image out of COPY lines, and logs
 * as Makisu does. Base images come from the registries that it is told of, any other is an empty one, and RUN lines are not run. Beside the
 * flags it is set by the environment:
 *
 *     COXSWAIN_SANDBOX_REGISTRIES   a JSON object: the name of a registry in image names → where it answers
 *     COXSWAIN_SANDBOX_CACHE        a folder that stands in for redis; without it --redis-cache-addr finds nobody
 *     COXSWAIN_SANDBOX_PACE         milliseconds for each step, so that people can watch
 */
async function main(words: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const [command, ...rest] = words;
  if (command === 'version') return say('v0.4.2\n');
  if (command !== 'build') return refuse(`unknown command "${command ?? ''}" for "makisu": the sandbox plays build and version`);
  let flags: Flags;
  try {
    flags = parseFlags(rest);
    if (flags.on('help')) return say(`Build docker image, optionally push to registries and/or load into docker daemon\n\n${usage()}`);
    if (flags.rest.length !== 1) throw new Error('Requires build context as argument');
  } catch (error) {
    return refuse((error as Error).message);
  }
  const output = flags.text('log-output');
  const write = (text: string): unknown => (output === 'stdout' ? process.stderr.write(text) : appendFileSync(output, text));
  const log = openLog({ format: flags.text('log-fmt'), level: flags.text('log-level'), write });
  try {
    const registries = JSON.parse(env.COXSWAIN_SANDBOX_REGISTRIES ?? '{}') as Record<string, string>;
    await build(flags, { registries, cache: env.COXSWAIN_SANDBOX_CACHE || undefined, pace: Number(env.COXSWAIN_SANDBOX_PACE ?? 0) }, log);
    return 0;
  } catch (error) {
    log.error((error as Error).message);
    return 1;
  }
}

function say(text: string): number {
  process.stdout.write(text);
  return 0;
}

function refuse(message: string): number {
  process.stderr.write(`Error: ${message}\n${usage()}\n`);
  openLog({ format: 'json', level: 'info', write: (text) => process.stderr.write(text) }).error(message);
  return 1;
}

process.exitCode = await main(process.argv.slice(2), process.env);
