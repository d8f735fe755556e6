import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { githubName } from '@coxswain/sandbox';
import type { ExecutionContext } from 'ava';
import { parse, stringify } from 'yaml';
import { assetsOf, lin, people, says } from '../way/releasing.ts';
import { ada, aWay, type Way } from '../way/way.ts';
import { holdsFor, isSettled, podsEverMade } from './audit.ts';

export const build = { template: 'makisu', workspace: '100Mi', values: { commit: 'explicit' } };

/** Repositories by another name each, all with a run of one and the same commit. */
export interface Harbour {
  readonly way: Way;
  readonly sha: string;
  readonly pods: ReadonlyMap<string, ReadonlySet<string>>;
  /** Ids of the runs. */
  readonly runs: readonly string[];
}

interface Image {
  readonly repository: string;
}

/** A world in which a commit has started that many runs; what they would release differs by its tag, and by the names of its images. */
export async function aHarbour(t: ExecutionContext, count: number, images: readonly Image[] = []): Promise<Harbour> {
  const imagesOf = (name: string) => images.map((image) => ({ ...image, repository: `${image.repository}-${name}` }));
  const stages = (name: string) => [
    { name: 'image', image: { ...build, repository: 'sample/scheduler' } },
    { name: 'release', release: { github: { assets: ['scheduler/*.sh'], notes: 'commits' }, images: imagesOf(name) } },
  ];
  const way = await aWay(t, { github: true, slack: { limits: { factor: 20 } }, config: { stages: stages('ship'), over: { people } } });
  const pods = way.world.kubernetes ? podsEverMade(way.world.kubernetes) : new Map<string, ReadonlySet<string>>();
  const names = Array.from({ length: count }, (_, index) => `ship${index + 1}`);
  const config = parse(await readFile(way.world.configFile, 'utf8')) as { repositories: [object] };
  const version = (name: string) => ({ from: 'readme', prefix: `${name}-v` });
  const repositories = names.map((name) => ({
    ...config.repositories[0],
    name,
    short: name,
    version: version(name),
    stages: stages(name),
  }));
  await writeFile(way.world.configFile, stringify({ ...config, repositories }));
  await way.start();
  const { sha } = await way.world.sample.commitGood();
  return { way, sha, pods, runs: names.map((name) => `${name}-1`) };
}

/** Waits until each of its runs asks for approval. */
export async function asks({ way, runs }: Harbour): Promise<void> {
  const isOpen = async (id: string) => (await way.record(id))?.release?.openedAt !== undefined;
  for (const id of runs)
    await way.until(
      () => isOpen(id),
      60_000,
      () => `${id} to ask for approval`,
    );
}

/** Says it in the channel; the bot may be killed before it has answered. */
export function approve({ way }: Harbour, id: string): void {
  void way.slack.type(lin, '#ci', `/cox approve ${id}`).catch(() => undefined);
}

/** Has each of its runs approved, and held by a freeze of its repository: nothing of them is asked of GitHub until they go on. */
export async function holds({ way, runs }: Harbour): Promise<void> {
  for (const id of runs) {
    await says(way, ada, `freeze ${repositoryOf(id)} it waits for its turn`);
    await says(way, lin, `approve ${id}`);
    await way.showsUp(id, /it waits for its turn/);
  }
}

/** Ends the freeze of a run in the channel; the bot may be killed before it has answered. */
export function goesOn({ way }: Harbour, id: string): void {
  void way.slack.type(ada, '#ci', `/cox unfreeze ${repositoryOf(id)}`).catch(() => undefined);
}

function repositoryOf(id: string): string {
  return id.replace(/-\d+$/, '');
}

/** A moment to kill the bot at: its release has sent that many requests before this one, which was carried out and waits, or was just answered. */
export interface Point {
  readonly before: number;
  readonly when: 'held' | 'answered';
}

const ofReleases = /\/(releases|git\/ref)\b/;

/** The requests of releases to GitHub, each without what differs from one release to the next. */
export function requestsOf({ way }: Harbour): string[] {
  const all = way.world.github?.requests() ?? [];
  return all.filter((one) => ofReleases.test(one)).map((one) => one.replace(/ship\d+-v/, '').replace(/releases\/\d+/, 'releases/ID'));
}

/** Kills the bot when the release that goes on is at that point. Gives its requests until then. */
export async function killedAt(harbour: Harbour, { before, when }: Point, begin: () => void): Promise<string[]> {
  const { faults } = harbour.way.world.github ?? {};
  if (!faults) throw new Error('no GitHub');
  const seen = requestsOf(harbour).length;
  let left = before;
  const route = (request: string) => ofReleases.test(request) && left-- === 0;
  const reached = when === 'held' ? faults.holdNext(route) : faults.answeredNext(route);
  begin();
  const there: unknown[] = [];
  void reached.then((release) => there.push(release));
  await harbour.way.until(
    () => there.length > 0,
    30_000,
    () => `request ${before} (${when}), after:\n${requestsOf(harbour).slice(seen).join('\n')}`,
  );
  await harbour.way.world.bot.end('SIGKILL');
  if (typeof there[0] === 'function') there[0]();
  return requestsOf(harbour).slice(seen);
}

/** Waits until a run is released and shown, and holds it to be there once and whole. */
export async function isReleasedOnce(t: ExecutionContext, { way, sha, pods }: Harbour, id: string, after: string): Promise<void> {
  await way.until(
    async () => {
      const run = await way.record(id);
      return run !== undefined && isSettled(run);
    },
    30_000,
    () => `${id} to be released after ${after}; it shows:\n${way.shown(id)}`,
  );
  const run = await way.record(id);
  const { github, sample } = way.world;
  if (!run || !github) return t.fail('no run');
  t.is(run.state, 'released', after);
  holdsFor(t, way, run, pods);
  const tag = run.release?.tag ?? '';
  const [release, ...others] = github.releases(githubName).filter((one) => one.tag === tag);
  if (!release) return t.fail(`${tag} is not there after ${after}`);
  t.deepEqual(others, [], after);
  t.false(release.draft, after);
  const { names, wrong } = assetsOf(github, release);
  t.deepEqual(names.toSorted(), ['SHA256SUMS', 'assign.sh'], after);
  t.deepEqual(wrong, [], after);
  const tags = execFileSync('git', ['tag', '--list', `*${tag}*`, '--format=%(refname:short) %(objectname)'], {
    cwd: sample.path,
    encoding: 'utf8',
  });
  t.is(tags.trim(), `${tag} ${sha}`, after);
}
