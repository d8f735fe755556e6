import test from 'ava';
import { failedPart, failedParts } from '../../../src/core/run/release-parts.ts';
import type { StageRun } from '../../../src/core/run/stage-run.ts';
import { releaseImages } from '../../../src/core/run/stages.ts';
import { open, released } from '../../messages/releases.ts';

const image = (name: string, state: StageRun['state']): StageRun => ({ name, kind: 'image', state });
const own: StageRun = { name: 'own', kind: 'image', state: 'failed' };

test('the parts of a release that failed are its images and GitHub, and a word names one in upper or lower case', (t) => {
  const images = [image('stock', 'failed'), image('azure', 'passed')];
  const run = released('releasing', { ...open, images, github: { state: 'failed' } }, { stages: [own] });
  t.deepEqual(
    releaseImages(run).map(({ name }) => name),
    ['stock', 'azure'],
  );
  t.deepEqual(failedParts(run), ['stock', 'github']);
  t.is(failedPart(run, 'GitHub'), 'github');
  t.is(failedPart(run, 'azure'), undefined);
});
