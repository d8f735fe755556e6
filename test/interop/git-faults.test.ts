import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { type GitServerName, type GitServerOptions, gitServers } from './servers/git.ts';
import { labels } from './servers/labels.ts';
import { type Fault, page, tooMany } from './support/fault-proxy.ts';
import { type GitWorld, gitWorld } from './support/git-world.ts';
import { testWith } from './support/installed.ts';
import { saw } from './support/row.ts';

interface Scenario {
  readonly options?: Partial<GitServerOptions>;
  /** From the second question on. */
  readonly fault?: Fault;
  before?(world: GitWorld): Promise<void>;
  /** What is seen, after the branches were listed once; by default, of the branches. */
  see?(world: GitWorld): Promise<string>;
}

const body = /git-upload-pack$/;
const head = async ({ sample }: GitWorld) => sample.git('rev-parse', 'refs/heads/main');
const pushed = async (world: GitWorld) => {
  const parent = await head(world);
  const change = {
    parent,
    branch: 'main',
    path: 'file',
    text: '1.2.1\n',
    message: 'Set the version to 1.2.1',
    topic: 'version-1.2.1',
    author: { name: 'coxswain', email: 'bot@example.com' },
  };
  const said = await world.outcome(world.git.pushFile(world.repository, change), () => 'pushed');
  const commits = world.sample.git('rev-list', '--count', `${parent}..refs/heads/main`);
  return `${said.replaceAll(parent.slice(0, 7), 'PARENT')}; ${commits} new commits on the server`;
};
const hook = async ({ sample }: GitWorld, name: string, script: string) => {
  const file = join(sample.path, 'hooks', name);
  execFileSync('mkdir', ['-p', join(sample.path, 'hooks')]);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
};

const scenarios: Readonly<Record<string, Scenario>> = {
  'branches are listed': {},
  'a commit is read, with git’s default configuration': {
    see: async (world) =>
      world.outcome(world.git.commit(world.repository, 'main', await head(world)), ({ subject }) => `commit: ${subject}`),
  },
  'a commit is read, and the web server does not pass on Git-Protocol': {
    options: { passesProtocol: false },
    see: async (world) =>
      world.outcome(world.git.commit(world.repository, 'main', await head(world)), ({ subject }) => `commit: ${subject}`),
  },
  'a file is pushed': { options: { push: true }, see: pushed },
  '`packed-refs` is damaged: upload-pack dies, and http-backend sends 200 with an empty body': {
    async see(world) {
      world.sample.git('pack-refs', '--all');
      writeFileSync(join(world.sample.path, 'packed-refs'), 'damaged\n');
      return await world.branches();
    },
  },
  'the list of branches ends after 30 bytes, as if it were whole': {
    fault: { path: body, endAfter: 30 },
  },
  'the list of branches ends before its flush': {
    fault: { path: body, rewrite: (a) => ({ ...a, body: a.body.subarray(0, -4) }) },
  },
  'the list of branches is cut off': { fault: { path: body, cutAfter: 30 } },
  'the list of branches is empty': { fault: { path: body, endAfter: 0 } },
  'a web page comes instead of the branches': { fault: { path: body, instead: page } },
  'the answer is compressed unasked': { fault: { path: body, gzip: true } },
  'the server answers 429 with Retry-After: 600, and is mended': {
    async see({ proxy, branches }) {
      proxy.set({ instead: tooMany(600), times: 1 });
      const first = await branches();
      const asked = proxy.requests.length;
      const second = await branches();
      return `${first} Then: ${second} (${proxy.requests.length - asked} requests)`;
    },
  },
  'the server answers 500 once, and with Git-Protocol no more': {
    async see({ proxy, branches }) {
      proxy.set({ instead: { status: 500 }, times: 1 });
      const first = await branches();
      proxy.set({ without: ['git-protocol'] });
      return `${first} Then: ${await branches()}`;
    },
  },
  'a proxy stops passing on Git-Protocol': {
    fault: { without: ['git-protocol'] },
  },
  'the repository is made anew with SHA-256': {
    async see({ sample, branches }) {
      rmSync(sample.path, { recursive: true });
      execFileSync('git', ['init', '--quiet', '--bare', '-b', 'main', '--object-format=sha256', sample.path]);
      const tree = sample.git('mktree', '--missing');
      sample.git('update-ref', 'refs/heads/anew', sample.git('commit-tree', '-m', 'anew', tree));
      execFileSync('chmod', ['-R', 'a+rwX', sample.root]);
      return await branches();
    },
  },
  'the push is done, and its answer is lost': {
    options: { push: true },
    fault: { method: 'POST', path: /receive-pack$/, dropAnswer: true, times: 1 },
    see: pushed,
  },
  'a hook of the server takes 25 s': {
    options: { push: true },
    before: (world) => hook(world, 'post-receive', 'sleep 25'),
    see: pushed,
  },
  'the branch is locked on the server': {
    options: { push: true },
    before: ({ sample }) => writeFile(join(sample.path, 'refs/heads/main.lock'), ''),
    see: pushed,
  },
  'a proxy sends the push twice': {
    options: { push: true },
    fault: { method: 'POST', path: /receive-pack$/, twice: true },
    see: pushed,
  },
  'a hook of the server refuses the push': {
    options: { push: true },
    before: (world) => hook(world, 'pre-receive', 'echo "Only releases may change VERSION." >&2; exit 1'),
    see: pushed,
  },
};

for (const name of Object.keys(gitServers) as GitServerName[]) {
  testWith(gitServers[name].programs, `${labels[name]}: each fault on purpose is seen as in the table`, async (t: ExecutionContext) => {
    t.timeout(300_000);
    for (const [did, { options = {}, fault, before, see = (at: GitWorld) => at.branches() }] of Object.entries(scenarios)) {
      const world = await gitWorld(t, name, options);
      t.is(await world.branches(), 'branches: main', world.server.log());
      if (fault) world.proxy.set(fault);
      await before?.(world);
      saw(t, { rows: 'git', server: labels[name], did }, await see(world));
    }
  });
}
