import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Programs of Debian: where each lies, and the package that has it. */
const ofDebian = {
  apache2: ['/usr/sbin/apache2', 'apache2'],
  nginx: ['/usr/sbin/nginx', 'nginx-light'],
  fcgiwrap: ['/usr/sbin/fcgiwrap', 'fcgiwrap'],
  lighttpd: ['/usr/sbin/lighttpd', 'lighttpd'],
  'docker-registry': ['/usr/bin/docker-registry', 'docker-registry'],
  dulwich: ['/usr/lib/python3/dist-packages/dulwich/web.py', 'python3-dulwich'],
  skopeo: ['/usr/bin/skopeo', 'skopeo'],
} as const;

/** Programs that are built from `modules/`. */
const ofGo = ['registry', 'olareg', 'crane', 'regctl', 'conformance'] as const;

export type Program = keyof typeof ofDebian | (typeof ofGo)[number];

const isOfDebian = (program: Program): program is keyof typeof ofDebian => Object.hasOwn(ofDebian, program);
const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/go/bin'];
const go = folders.map((folder) => join(folder, 'go')).find((path) => existsSync(path));

/** Why a program cannot be run on this machine, in a few words; undefined where it can. */
export function missing(program: Program): string | undefined {
  if (!isOfDebian(program)) return go ? undefined : `Go is not installed, which builds ${program}`;
  const [path, debianPackage] = ofDebian[program];
  return existsSync(path) ? undefined : `the Debian package ${debianPackage} is not installed`;
}

/** The path of a program. Those of Go are built where they are not yet: minutes, the first time. @throws Error if it cannot be had */
export async function program(name: Program): Promise<string> {
  const lack = missing(name);
  if (lack) throw new Error(lack);
  return isOfDebian(name) ? ofDebian[name][0] : join(await built(), name);
}

const modules = fileURLToPath(new URL('modules', import.meta.url));
const sources = ['go.mod', 'go.sum', 'registry/main.go'];

let building: Promise<string> | undefined;

/** All programs of Go, in a folder for what they are built from. */
const built = (): Promise<string> => (building ??= build());

async function build(): Promise<string> {
  const hash = createHash('sha256');
  for (const file of sources) hash.update(readFileSync(join(modules, file)));
  const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'coxswain-interop', hash.digest('hex').slice(0, 16));
  if (existsSync(folder)) return folder;
  await mkdir(dirname(folder), { recursive: true });
  const beside = await mkdtemp(`${folder}-`);
  try {
    const words = ['build', '-trimpath', '-buildvcs=false', '-ldflags=-s -w', '-o', `${beside}/`, './registry', 'tool'];
    const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOWORK: 'off' };
    await run(go ?? 'go', words, { cwd: modules, env, maxBuffer: 64 << 20 });
    // Another test file may have been as fast.
    await rename(beside, folder).catch((error) => (existsSync(folder) ? undefined : Promise.reject(error)));
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
  return folder;
}
