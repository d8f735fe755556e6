import test from 'ava';
import { failedPart, failedParts, releaseImages } from '../../../src/core/run/release-parts.ts';
import type { StageRun } from '../../../src/core/run/run.ts';
import { open, released } from '../../messages/releases.ts';

const image = (name: string, state: StageRun['state']): StageRun => ({ name, kind: 'image', state, release: true });
const own: StageRun = { name: 'own', kind: 'image', state: 'failed' };

test('the parts of a release that failed are its images and GitHub, and a word names one in upper or lower case', (t) => {
  const run = released(
    'releasing',
    { ...open, github: { state: 'failed' } },
    { stages: [own, image('stock', 'failed'), image('azure', 'passed')] },
  );
  t.deepEqual(
    releaseImages(run).map(({ name }) => name),
    ['stock', 'azure'],
  );
  t.deepEqual(failedParts(run), ['stock', 'github']);
  t.is(failedPart(run, 'GitHub'), 'github');
  t.is(failedPart(run, 'azure'), undefined);
});
