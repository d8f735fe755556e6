import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { standInOnPage } from './cluster-page.ts';
import { type Flags, help, readFlags } from './flags.ts';
import { startPage } from './page/start.ts';
import type { Part } from './page/types.ts';
import { realClusterOnPage } from './real-cluster.ts';
import { type RealCluster, startWorld, type World } from './world.ts';

const usualPort = 4114;

async function main(flags: Flags, env: NodeJS.ProcessEnv): Promise<void> {
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const folder = flags.folder ? resolve(flags.folder) : await mkdtemp(join(tmpdir(), 'coxswain-sandbox-'));
  await mkdir(folder, { recursive: true });
  const instance = env.KUBECONFIG ? `sandbox-${randomBytes(2).toString('hex')}` : 'sandbox';
  const real = env.KUBECONFIG ? realClusterOnPage(env.KUBECONFIG, instance) : undefined;
  const cluster = real && env.KUBECONFIG ? realCluster(flags, env.KUBECONFIG, real.server) : undefined;
  const world = await startWorld({
    folder,
    ...(cluster ? { cluster } : {}),
    gpus: flags.gpus,
    pace: flags.fast ? { stepMs: 0, testSeconds: 0 } : { stepMs: 700, testSeconds: 1 },
    config: { over: { instance } },
    env: { PATH: env.PATH ?? '', ...(env.NODE_EXTRA_CA_CERTS ? { NODE_EXTRA_CA_CERTS: env.NODE_EXTRA_CA_CERTS } : {}) },
    log: (line) => say(`  ${line}`),
  });
  const page = await openPage(world, real ?? (world.kubernetes && standInOnPage(world.kubernetes)), partsOf(cluster), flags.port);
  say(`\nThe sandbox is open: ${page.url}\n`);
  say(`Everything it writes is in ${folder}${flags.folder ? '' : ', removed at the end'}. Ctrl-C ends it.\n`);
  const bot = world.bot.keepRunning();

  const end = async () => {
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
    if (!flags.folder) await rm(folder, { recursive: true, force: true });
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end());
}

function realCluster({ host, push, pull, api }: Flags, kubeconfig: string, server: string): RealCluster {
  if (!host) throw new Error('With KUBECONFIG set, --host must say at which address pods reach this machine.');
  return { kubeconfig, host, registry: { push, pull, api: api ?? `http://${server}:32000` } };
}

async function openPage(
  world: World,
  cluster: Parameters<typeof startPage>[0]['cluster'] | undefined,
  parts: Part[],
  port: number | undefined,
) {
  if (!cluster) throw new Error('a world has a cluster');
  const { sample } = world;
  let commits = await commitsOf(world);
  const source = {
    list: () => commits,
    onChange: (listener: () => void) =>
      sample.onCommit(async () => {
        commits = await commitsOf(world);
        listener();
      }),
    commit: async (kind: 'good' | 'failing-test' | 'failing-build') => {
      await (kind === 'good' ? sample.commitGood() : sample.commitFailing(kind === 'failing-test' ? 'test' : 'build'));
    },
  };
  const options = { slack: world.slack.slack, cluster, commits: source, parts };
  if (port !== undefined) return startPage({ ...options, port });
  return startPage({ ...options, port: usualPort }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
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

function partsOf(cluster: RealCluster | undefined): Part[] {
  const registry = cluster
    ? { real: true, detail: cluster.registry.push }
    : { real: false, detail: 'a small registry on this machine; images are true OCI images' };
  return [
    { name: 'coxswain', real: true, detail: 'the bot itself, unchanged, as a process of its own' },
    { name: 'Slack', real: false, detail: 'this page; Slack’s rules and limits are kept' },
    {
      name: 'Kubernetes',
      real: cluster !== undefined,
      detail: cluster ? cluster.kubeconfig : 'its API with one node of 2 GPUs; containers are processes on this machine',
    },
    { name: 'Registry', ...registry },
    {
      name: 'Makisu',
      real: cluster !== undefined,
      detail: cluster ? 'the image that the job template names' : 'played: COPY lines are built, RUN lines are not run',
    },
    { name: 'Git', real: true, detail: 'a sample repository served over smart HTTP from this machine' },
  ];
}

try {
  const flags = readFlags(process.argv.slice(2));
  if (flags.help) process.stdout.write(help);
  else await main(flags, process.env);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\nnpm run sandbox -- --help says what is allowed.\n`);
  process.exit(1);
}
