import { execFileSync } from 'node:child_process';
import { githubName } from '@coxswain/sandbox';
import test from 'ava';
import { aHarbour, approve, asks, type Harbour, isReleasedOnce } from './release-points.ts';

const at = `/repos/${githubName}/releases`;
const uploading = /^POST .*\/releases\/\d+\/assets$/;
const publishing = /^PATCH .*\/releases\/\d+$/;

function githubOf({ way }: Harbour) {
  const { github } = way.world;
  if (!github) throw new Error('no GitHub');
  return github;
}

/** What a person may do on GitHub's pages. */
function aPerson(harbour: Harbour) {
  const github = githubOf(harbour);
  const headers = { authorization: 'token ghp_sandbox', 'content-type': 'application/octet-stream' };
  const request = async (method: string, path: string, body?: string) => {
    const answer = await fetch(`${github.url.replace(/\/v3$/, '')}${path}`, { method, headers, ...(body && { body }) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  };
  const newest = () => github.releases(githubName)[0] ?? { id: 0, assets: [] };
  return {
    edit: (fields: object) => request('PATCH', `/v3${at}/${newest().id}`, JSON.stringify(fields)),
    async swap() {
      const { id, assets } = newest();
      const asset = assets.find(({ name }) => name === 'assign.sh');
      await request('DELETE', `/v3${at}/assets/${asset?.id}`);
      await request('POST', `/uploads${at}/${id}/assets?name=assign.sh`, 'x'.repeat(asset?.size ?? 1));
    },
  };
}

/** Approves the run, and has the person do it once such a request was carried out and before it is answered. */
async function during(harbour: Harbour, id: string, route: RegExp, act: () => Promise<void>): Promise<void> {
  let requests = 0;
  const held = githubOf(harbour).faults.holdNext((request) => route.test(request) && (route !== uploading || ++requests === 2));
  approve(harbour, id);
  const release = await held;
  await act();
  release();
}

test('whatever is edited in a draft while it is made, tag, commit and assets of the release are those of its run', async (t) => {
  const harbour = await aHarbour(t, 3);
  await asks(harbour);
  const person = aPerson(harbour);
  const { path } = harbour.way.world.sample;
  const other = execFileSync('git', ['rev-parse', 'main~1'], { cwd: path, encoding: 'utf8' }).trim();
  const edits: readonly [what: string, edit: () => Promise<void>][] = [
    ['another tag', () => person.edit({ tag_name: 'v99.0.0' })],
    ['another commit', () => person.edit({ target_commitish: other })],
    ['an asset of the same size', () => person.swap()],
  ];
  for (const [index, [what, edit]] of edits.entries()) {
    const id = harbour.runs[index] ?? '';
    await during(harbour, id, uploading, edit);
    await isReleasedOnce(t, harbour, id, what);
  }
  t.is(execFileSync('git', ['tag', '--list', 'v99*'], { cwd: path, encoding: 'utf8' }), '');
});

test('what is changed in the moment of publishing is said, and is not released as if it were good', async (t) => {
  const harbour = await aHarbour(t, 2);
  await asks(harbour);
  const person = aPerson(harbour);
  const { way } = harbour;
  const [first = '', second = ''] = harbour.runs;
  await during(harbour, first, publishing, () => person.swap());
  await way.showsUp(first, /is published \(.*\), but the asset assign\.sh is not the file that was uploaded: somebody has replaced it/);
  const tag = (await way.record(second))?.release?.tag ?? '';
  const removed = async () => void execFileSync('git', ['update-ref', '-d', `refs/tags/${tag}`], { cwd: way.world.sample.path });
  await during(harbour, second, publishing, removed);
  await way.showsUp(second, /is published, and its tag does not exist yet/);
  for (const id of [first, second]) t.is((await way.record(id))?.state, 'releasing');
  const commit = (await way.record(second))?.commit.sha ?? '';
  execFileSync('git', ['update-ref', `refs/tags/${tag}`, commit], { cwd: way.world.sample.path });
  await way.until(async () => (await way.record(second))?.state === 'released');
});
