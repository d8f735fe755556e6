import test from 'ava';
import type { Repository } from '../../src/core/config.ts';
import { notesFrom } from '../../src/pipeline/release-notes.ts';
import { aRun } from './world.ts';

const repository = (notes: 'generated' | 'commits') =>
  ({ name: 'app', github: 'acme/app', release: { github: { notes } } }) as unknown as Repository;
const run = (previous?: string) =>
  aRun(1, { release: { version: '1.2.3', tag: 'v1.2.3', needs: 1, votes: [], ...(previous ? { previous } : {}) } });
const commits = [
  { sha: 'a'.repeat(40), subject: 'fix: one', author: 'Ada' },
  { sha: 'b'.repeat(40), subject: 'feat: two' },
];
const asked: string[] = [];
const history = {
  latestRelease: async () => ({ tag: 'v1.2.2' }),
  compare: async (_github: string, base: string, head: string) => {
    asked.push(`${base}..${head[0]}`);
    return { total: 2, commits };
  },
  generateNotes: async (_github: string, of: object) => JSON.stringify(of),
};

test('what is new is what came since the latest release, the newest first', async (t) => {
  t.deepEqual(await notesFrom(history).since(repository('commits'), run()), {
    previous: 'v1.2.2',
    changes: [
      { sha: 'b'.repeat(40), subject: 'feat: two' },
      { sha: 'a'.repeat(40), subject: 'fix: one', author: 'Ada' },
    ],
  });
  t.deepEqual(asked, ['v1.2.2..1']);
});

test('without GitHub, or before the first release, there is nothing to compare with', async (t) => {
  t.is(await notesFrom(undefined).since(repository('commits'), run()), undefined);
  t.is(await notesFrom({ ...history, latestRelease: async () => undefined }).since(repository('commits'), run()), undefined);
  t.is(await notesFrom(history).notes(run(), repository('commits')), 'The first release.');
});

test('notes are those of GitHub, or of the commits, as the configuration says', async (t) => {
  t.deepEqual(JSON.parse(await notesFrom(history).notes(run('v1.2.2'), repository('generated'))), {
    tag: 'v1.2.3',
    target: '1'.repeat(40),
    previous: 'v1.2.2',
  });
  const notes = await notesFrom(history).notes(run('v1.2.2'), repository('commits'));
  t.regex(notes, /Features[\s\S]*two[\s\S]*Fixes[\s\S]*one/);
});
