import test from 'ava';
import type { ReleaseImage } from '../../../src/core/config.ts';
import type { Run } from '../../../src/core/run/run.ts';
import type { StageRun } from '../../../src/core/run/stage-run.ts';
import { stageValues, surroundings } from '../../../src/pipeline/stage/stage-values.ts';
import { aRun, buildsImage, imageStage, tools } from '../world.ts';

const addresses = { push: 'registry:5000', pull: 'localhost:32000', api: 'http://registry:5000' };
const around = surroundings({ tools, registry: addresses, registries: { quay: { push: 'quay.io', api: 'https://quay.io' } } }, {});
const released: ReleaseImage = { ...imageStage, name: 'release-b', template: 'release-tested', repository: 'out/b', registry: 'quay' };

const built = (name: string, over: Partial<StageRun> = {}): StageRun => ({
  name,
  kind: 'image',
  state: 'passed',
  image: { repository: `acme/${name}`, tag: `cox-1-${name}`, digest: `sha256:${name}` },
  ...over,
});
const waiting: StageRun = { name: 'release-b', kind: 'image', state: 'waiting' };
const release = { version: '1.2.0', tag: 'v1.2.0', requiredVotes: 1, votes: [] };
const valuesOf = (stages: StageRun[], stage = released, images: StageRun[] = [waiting]): Record<string, unknown> => {
  const run: Run = aRun(1, { stages, release: { ...release, images }, version: '1.2.0' });
  return stageValues(run, buildsImage, stage, around);
};

test('an image of a release knows the newest image of the run by its digest, where pods pull it from', (t) => {
  const values = valuesOf([built('old'), built('new'), { name: 'test', kind: 'test', state: 'passed' }]);
  t.deepEqual(values.Tested, {
    Repository: 'acme/new',
    Tag: 'cox-1-new',
    Digest: 'sha256:new',
    Push: 'registry:5000',
    Ref: 'registry:5000/acme/new@sha256:new',
    Plain: true,
    Certificates: '',
  });
  t.like(values, {
    Image: { Repository: 'out/b', Tag: '1.2.0' },
    Registry: { Push: 'quay.io', Plain: false, Certificates: '' },
    RegistrySecret: 'release-registry-config',
  });
});

test('a template knows whether a registry uses plain HTTP, and the file with the certificates of its authority', (t) => {
  const registries = {
    plain: { push: 'zot:5000', api: 'http://zot:5000' },
    said: { push: 'zot.example.com:5000', api: 'https://zot.example.com', plain: true },
    apart: { push: 'reg.example.com', api: 'http://reg.svc:5000' },
    private: { push: 'harbor.example', api: 'https://harbor.example', ca: '/etc/harbor.pem' },
  };
  const around2 = surroundings({ tools, registry: addresses, registries }, {});
  const registryOf = (registry: string) =>
    stageValues(aRun(1, { release: { ...release, images: [waiting] } }), buildsImage, { ...released, registry } as ReleaseImage, around2)
      .Registry;
  t.like(registryOf('plain'), { Push: 'zot:5000', Plain: true, Certificates: '' });
  t.like(registryOf('said'), { Push: 'zot.example.com:5000', Plain: true });
  t.like(registryOf('apart'), { Push: 'reg.example.com', Plain: false });
  t.like(registryOf('private'), { Push: 'harbor.example', Plain: false, Certificates: 'private.pem' });
});

test('what the same release has pushed before is not taken for the tested image', (t) => {
  const values = valuesOf([built('image')], released, [built('release-a'), waiting]);
  t.like(values, { Tested: { Repository: 'acme/image' } });
});

test('where nothing was built, and before a release, there is no tested image', (t) => {
  t.is(valuesOf([{ name: 'test', kind: 'test', state: 'passed' }]).Tested, undefined);
  t.is(valuesOf([built('old'), built('image')], { ...imageStage, name: 'image' }).Tested, undefined);
});
