import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';
import { type Registry, startRegistry } from '../../src/registry/registry.ts';

const program = fileURLToPath(new URL('../../src/makisu.ts', import.meta.url));

/** The registry as the images of these tests say it. */
export const host = 'registry.container-registry.svc.cluster.local:5000';

export interface Line {
  readonly level: string;
  readonly msg: string;
  readonly duration?: number;
  readonly total_image_size?: number;
}

export interface World {
  readonly context: string;
  readonly registry: Registry;
  /** Writes files of the build context. */
  files(files: Readonly<Record<string, string>>): Promise<void>;
  /** Plays `makisu build` over the context, with what the pipeline's template says unless told otherwise. */
  build(...flags: string[]): Promise<{ code: number; lines: Line[]; said: string[] }>;
}

export async function world(t: ExecutionContext, env: Readonly<Record<string, string>> = {}): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'makisu-player-'));
  const registry = await startRegistry({ folder: join(folder, 'registry') });
  t.teardown(async () => {
    await registry.close();
    await rm(folder, { recursive: true, force: true });
  });
  const context = join(folder, 'context');
  await mkdir(context);
  const config = join(folder, 'registry.yaml');
  await writeFile(config, `${host}:\n  ".*":\n    security: {tls: {client: {disabled: true}}}\n`);
  const setting = {
    COXSWAIN_SANDBOX_REGISTRIES: JSON.stringify({ [host]: registry.url }),
    COXSWAIN_SANDBOX_CACHE: join(folder, 'ids'),
    TMPDIR: folder,
    ...env,
  };
  return {
    context,
    registry,
    async files(files) {
      for (const [name, contents] of Object.entries(files)) {
        await mkdir(dirname(join(context, name)), { recursive: true });
        await writeFile(join(context, name), contents);
      }
    },
    async build(...flags) {
      const standard = [`--push=${host}`, `--registry-config=${config}`, '--modifyfs=true', '--redis-cache-addr=makisu-cache:6379'];
      const { code, stderr } = await play(['build', ...standard, ...flags, context], setting);
      const lines = stderr.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Line] : []));
      return { code, lines, said: lines.map(({ msg }) => msg) };
    },
  };
}

/** Runs the program to its end. */
export async function play(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [program, ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? -1)));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, stdout, stderr };
}

/** A log of the real Makisu 0.4.2, line by line. */
export async function realLog(name: string): Promise<Line[]> {
  const path = new URL(`../../../test/logs/fixtures/makisu-${name}.log`, import.meta.url);
  return (await readFile(path, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}
