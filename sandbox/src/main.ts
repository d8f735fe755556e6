import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { standInOnPage } from './cluster-page.ts';
import { type Flags, help, readFlags, WrongFlag } from './flags.ts';
import { startPage } from './page/start.ts';
import type { Part } from './page/types.ts';
import { realClusterOnPage } from './real-cluster.ts';
import { githubName, type RealCluster, startWorld, type World } from './world.ts';

const usualPort = 4114;

async function main(flags: Flags, env: NodeJS.ProcessEnv): Promise<void> {
  const opening = Promise.withResolvers<() => Promise<never>>();
  // A start that is under way is seen through, so that nothing writes any more once the folder is gone.
  let stopped = false;
  const stop = async () => {
    stopped = true;
    const end = await opening.promise;
    await end();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop().catch(() => process.exit(0)));
  // Only now: a signal that comes between the folder and its listener would leave the folder behind.
  opening.resolve(folderFor(flags).then((folder) => open(flags, env, folder)));
  await opening.promise.catch((error) => {
    if (!stopped) throw error;
  });
}

/** Where everything is written; a temporary folder goes with the process, also where it ends before the page is open. */
async function folderFor({ folder }: Flags): Promise<string> {
  if (folder) {
    await mkdir(resolve(folder), { recursive: true });
    return resolve(folder);
  }
  const temporary = await mkdtemp(join(tmpdir(), 'coxswain-sandbox-'));
  process.once('exit', () => rmSync(temporary, { recursive: true, force: true }));
  return temporary;
}

/** Starts everything and gives what ends it. */
async function open(flags: Flags, env: NodeJS.ProcessEnv, folder: string): Promise<() => Promise<never>> {
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const instance = env.KUBECONFIG ? `sandbox-${randomBytes(2).toString('hex')}` : 'sandbox';
  const real = env.KUBECONFIG ? realClusterOnPage(env.KUBECONFIG, instance) : undefined;
  const cluster = real && env.KUBECONFIG ? realCluster(flags, env.KUBECONFIG, real.server) : undefined;
  const world = await startWorld({
    folder,
    ...(cluster ? { cluster } : {}),
    gpus: flags.gpus,
    github: true,
    release: true,
    pace: flags.fast ? { stepMs: 0, testSeconds: 0 } : { stepMs: 700, testSeconds: 1 },
    config: { over: { instance } },
    env: { PATH: env.PATH ?? '', ...(env.NODE_EXTRA_CA_CERTS ? { NODE_EXTRA_CA_CERTS: env.NODE_EXTRA_CA_CERTS } : {}) },
    log: (line) => say(`  ${line}`),
  });
  const page = await openPage(world, real ?? (world.kubernetes && standInOnPage(world.kubernetes)), partsOf(cluster, world), flags.port);
  say(`\nThe sandbox is open: ${page.url}\n`);
  say(`Everything it writes is in ${folder}${flags.folder ? '' : ', removed at the end'}. Ctrl-C ends it.\n`);
  const bot = world.bot.keepRunning();

  return async () => {
    await world.bot.end('SIGTERM');
    await bot;
    await real
      ?.clean()
      .catch((error: Error) =>
        say(`The namespaces of this sandbox could not be deleted (${error.message}): kubectl delete ns -l coxswain/instance=${instance}`),
      );
    real?.stop();
    await page.close();
    await world.close();
    process.exit(0);
  };
}

function realCluster({ host, push, pull, api }: Flags, kubeconfig: string, server: string): RealCluster {
  if (!host) throw new WrongFlag('With KUBECONFIG set, --host must say at which address pods reach this machine.');
  return { kubeconfig, host, registry: { push, pull, api: api ?? `http://${server}:32000` } };
}

async function openPage(
  world: World,
  cluster: Parameters<typeof startPage>[0]['cluster'] | undefined,
  parts: Part[],
  port: number | undefined,
) {
  if (!cluster) throw new Error('a world has a cluster');
  const { sample, github } = world;
  let commits = await commitsOf(world);
  const source = {
    list: () => commits,
    onChange: (listener: () => void) => {
      const look = async () => {
        commits = await commitsOf(world);
        listener();
      };
      const stops = [sample.onCommit(look), github?.onChange(look)];
      return () => stops.forEach((stop) => void stop?.());
    },
    commit: async (kind: 'good' | 'failing-test' | 'failing-build') => {
      await (kind === 'good' ? sample.commitGood() : sample.commitFailing(kind === 'failing-test' ? 'test' : 'build'));
    },
  };
  const options = { slack: world.slack.slack, cluster, commits: source, parts };
  return startPage({ ...options, port: port ?? usualPort }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    if (port !== undefined) throw new WrongFlag(`Port ${port} is taken. Choose another, or leave --port out for a free one.`);
    return startPage(options);
  });
}

async function commitsOf({ sample }: World) {
  return (await sample.commits()).map(({ sha, author, date, message }) => ({
    sha,
    author,
    at: date,
    subject: message,
    branch: sample.branch,
  }));
}

function githubPart(pages: string): Part {
  const link = { label: 'Releases', url: `${pages}${githubName}/releases` };
  return { name: 'GitHub', real: false, detail: 'its API over the sample repository; tags and commits are real git objects', link };
}

function partsOf(cluster: RealCluster | undefined, { github }: World): Part[] {
  const registry = cluster
    ? { real: true, detail: cluster.registry.push }
    : { real: false, detail: 'a small registry on this machine; images are real OCI images' };
  return [
    { name: 'coxswain', real: true, detail: 'the bot itself, unchanged, as a process of its own' },
    { name: 'Slack', real: false, detail: 'this page, with Slack’s rules and limits' },
    {
      name: 'Kubernetes',
      real: cluster !== undefined,
      detail: cluster ? cluster.kubeconfig : 'its API with one node of 2 GPUs; containers are processes on this machine',
    },
    { name: 'Registry', ...registry },
    {
      name: 'Makisu',
      real: cluster !== undefined,
      detail: cluster
        ? 'the image that the job template names'
        : 'simulated: COPY lines are built; RUN lines are not run, except those that only echo and exit',
    },
    ...(github ? [githubPart(github.pages)] : []),
    { name: 'Git', real: true, detail: 'a sample repository served over smart HTTP from this machine' },
  ];
}

try {
  const flags = readFlags(process.argv.slice(2));
  if (flags.help) process.stdout.write(help);
  else await main(flags, process.env);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  if (error instanceof WrongFlag) process.stderr.write('npm run sandbox -- --help says what is allowed.\n');
  process.exit(1);
}
