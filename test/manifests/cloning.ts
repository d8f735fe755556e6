import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { rendered } from './rendered.ts';

export const run = promisify(execFile);
export const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];

/** `$(NAME)` and `$$` in the value of a variable, as Kubernetes expands them (third_party/forked/golang/expansion). */
const expand = (value: string, variables: ReadonlyMap<string, string>) =>
  value.replace(/\$(?:\$|\(([^()]*)\))/g, (whole, name?: string) => (name === undefined ? '$' : (variables.get(name) ?? whole)));

/** A folder with a repository of two commits, gone after the test. */
export async function scene(t: { teardown(after: () => void): void }) {
  const folder = mkdtempSync(join(tmpdir(), 'clone-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const origin = join(folder, 'origin');
  const git = async (...args: string[]) => (await run('git', ['-C', origin, ...identity, ...args])).stdout.trim();
  await run('git', ['init', '--quiet', '--initial-branch=main', origin]);
  const commit = async (text: string) => {
    writeFileSync(join(origin, 'greeting'), text);
    await git('add', '.');
    await git('commit', '--quiet', '--message', text);
    return git('rev-parse', 'HEAD');
  };
  const [first, second] = [await commit('first'), await commit('second')];
  const workspace = join(folder, 'workspace');
  mkdirSync(workspace);
  return { folder, origin, first, second, workspace, git, commit };
}

/** What the clone container of a rendered template is given. */
export interface Cloned {
  readonly workspace: string;
  readonly url: string;
  readonly commit: string;
  readonly branch?: string;
  /** A pause between two tries takes no time. */
  readonly hasty?: boolean;
  /** A folder with `ca.crt`. */
  readonly authorities?: string;
  /** Variables of its own, such as GIT_PASSWORD as the Secret has it. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** Runs the clone container's command as its own process, with its variables as Kubernetes expands them and WORKSPACE moved. */
export async function clone({ workspace, url, commit, branch = 'main', hasty, authorities, variables = {} }: Cloned) {
  const Git = {
    URL: url,
    Secret: variables.GIT_PASSWORD ? 'git-credentials' : '',
    AuthoritiesSecret: authorities === undefined ? '' : 'git-credentials',
  };
  const [container] =
    rendered('test', { Git, Run: { Commit: commit, Branch: branch } as Record<string, string> }).spec.template.spec.initContainers ?? [];
  const [program = '', ...args] = container?.command ?? [];
  const own = new Map([['WORKSPACE', workspace]]);
  for (const { name, value } of container?.env ?? []) {
    if (value !== undefined && name !== 'WORKSPACE') own.set(name, expand(value, own));
  }
  if (authorities !== undefined) own.set('GIT_AUTHORITIES', authorities);
  if (hasty) writeFileSync(join(workspace, 'sleep'), '#!/bin/sh\n', { mode: 0o755 });
  const PATH = `${hasty ? `${workspace}:` : ''}${process.env.PATH}`;
  const env = { PATH, HOME: workspace, ...Object.fromEntries(own), ...variables };
  const { stdout, stderr } = await run(program, args, { env, timeout: 60_000 });
  return stdout + stderr;
}
