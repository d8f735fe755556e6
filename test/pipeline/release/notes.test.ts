import test from 'ava';
import type { Repository } from '../../../src/core/config.ts';
import { notesFrom } from '../../../src/pipeline/release/notes.ts';
import { aRun } from '../world.ts';

const repository = (notes: 'generated' | 'commits') =>
  ({ name: 'app', version: { prefix: 'v' }, github: 'acme/app', release: { github: { notes } } }) as unknown as Repository;
const run = (previous?: string) =>
  aRun(1, { release: { version: '1.2.3', tag: 'v1.2.3', requiredVotes: 1, votes: [], ...(previous ? { previous } : {}) } });
const commits = [
  { sha: 'a'.repeat(40), subject: 'fix: one', author: 'Ada' },
  { sha: 'b'.repeat(40), subject: 'feat: two' },
];
const history = {
  tags: async () => ['v1.2.2', 'v1.2.3', 'v1.2.3-rc.1', 'v2.0.0'],
  compare: async () => ({ total: 2, commits }),
  generateNotes: async (_github: string, of: object) => JSON.stringify(of),
};
const noneOwn = { isOwn: () => false };

test('the version bumps of the bot are no news: neither the vote nor the notes name them', async (t) => {
  const bump = { sha: 'c'.repeat(40), subject: 'Set the version to 1.2.3', author: 'coxswain' };
  const forged = { ...bump, sha: 'd'.repeat(40) };
  const many = { ...history, compare: async () => ({ total: 7, commits: [...commits, bump, forged] }) };
  const news = notesFrom(many, { isOwn: (repository, sha) => repository === 'app' && sha === bump.sha });
  const since = await news.since(repository('commits'), run());
  t.deepEqual(
    since?.changes.map(({ sha }) => sha[0]),
    ['d', 'b', 'a'],
    'a commit is known by its id: anybody can write another one under the name of the bot',
  );
  const notes = await news.notes(run('v1.2.2'), repository('commits'));
  t.is(notes.match(/Set the version/g)?.length, 1);
  t.regex(notes, /… and 3 older commits\./);
});

test('what is new is what came since the version before, the newest first', async (t) => {
  const asked: string[] = [];
  const compare = async (_github: string, base: string, head: string) => {
    asked.push(`${base}..${head[0]}`);
    return { total: 2, commits };
  };
  t.deepEqual(await notesFrom({ ...history, compare }, noneOwn).since(repository('commits'), run()), {
    previous: 'v1.2.2',
    changes: [
      { sha: 'b'.repeat(40), subject: 'feat: two' },
      { sha: 'a'.repeat(40), subject: 'fix: one', author: 'Ada' },
    ],
  });
  t.deepEqual(asked, ['v1.2.2..1']);
});

test('without GitHub, or before the first version, there is nothing to compare with', async (t) => {
  t.is(await notesFrom(undefined, noneOwn).since(repository('commits'), run()), undefined);
  const first = notesFrom({ ...history, tags: async () => ['v1.2.3', 'app-v1.0.0'] }, noneOwn);
  t.is(await first.since(repository('commits'), run()), undefined);
  t.is(await first.notes(run(), repository('commits')), 'The first release.');
});

test('notes are those of GitHub, or of the commits, as the configuration says', async (t) => {
  t.deepEqual(JSON.parse(await notesFrom(history, noneOwn).notes(run('v1.2.2'), repository('generated'))), {
    tag: 'v1.2.3',
    target: '1'.repeat(40),
    previous: 'v1.2.2',
  });
  const notes = await notesFrom(history, noneOwn).notes(run('v1.2.2'), repository('commits'));
  t.regex(notes, /Features[\s\S]*two[\s\S]*Fixes[\s\S]*one/);
});

test('notes of a run whose vote did not learn what was before it count from there all the same, also those of GitHub', async (t) => {
  t.regex(await notesFrom(history, noneOwn).notes(run(), repository('commits')), /Features[\s\S]*two/);
  t.like(JSON.parse(await notesFrom(history, noneOwn).notes(run(), repository('generated'))), { previous: 'v1.2.2' });
});

test('where the tags or the commits cannot be told now, there are no notes, and none that speak of a first release', async (t) => {
  const fails = async () => Promise.reject(new Error('502'));
  for (const over of [{ tags: fails }, { compare: fails }]) {
    const notes = notesFrom({ ...history, ...over }, noneOwn);
    await t.throwsAsync(notes.since(repository('commits'), run()), { message: '502' });
    await t.throwsAsync(notes.notes(run(), repository('commits')), { message: '502' });
  }
});
