import test from 'ava';
import { labels } from '../../../src/core/cluster.ts';
import { stageObjects } from '../../../src/pipeline/stage/stage-objects.ts';
import { aRun, startedStage, testStage } from '../world.ts';

const job = (podSpec: object = {}) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'work' },
  spec: { template: { spec: { containers: [{ name: 'main' }], ...podSpec } } },
});
const specOf = (object: unknown) => (object as ReturnType<typeof job> & { spec: { backoffLimit: number } }).spec;

test('a Job of any template gets the labels, the rules and the limit of its stage', (t) => {
  const [made] = stageObjects(aRun(1), testStage, [job()]);
  t.like(made?.metadata, { namespace: 'cox-lab-app-1', labels: { [labels.runUid]: aRun(1).uid, [labels.stage]: 'test' } });
  t.like(specOf(made), { backoffLimit: 0, template: { spec: { restartPolicy: 'Never', activeDeadlineSeconds: 60 } } });
});

test('the limit that a template says itself stays', (t) => {
  const [made] = stageObjects(aRun(1), testStage, [job({ activeDeadlineSeconds: 5 })]);
  t.like(specOf(made), { template: { spec: { activeDeadlineSeconds: 5 } } });
});

test('the Job of one stage is not taken for that of another', (t) => {
  const image = startedStage({ name: 'image', kind: 'image', state: 'passed', job: 'work' });
  const test_ = startedStage({ state: 'waiting' });
  t.throws(() => stageObjects(aRun(1, { stages: [image, test_] }), testStage, [job()]), {
    message: /its Job work has the same name as the Job of stage image; name it after the stage/,
  });
  // In the namespace of another run.
  const taken = { ...image, reusedFrom: 'app-0' };
  t.notThrows(() => stageObjects(aRun(1, { stages: [taken, test_] }), testStage, [job()]));
});

test('another attempt has a Job of its own, whose name is never too long for a label', (t) => {
  const again = startedStage({ attempt: 2 });
  const nameOf = (name: string) =>
    stageObjects(aRun(1, { stages: [again] }), testStage, [{ ...job(), metadata: { name } }])[0]?.metadata.name;
  t.is(nameOf('work'), 'work-attempt-2');
  t.is(nameOf(`${'w'.repeat(52)}-x`), `${'w'.repeat(52)}-attempt-2`);
});
