import test from 'ava';
import { becomes, lin, people, says } from './releasing.ts';
import { ada, aWay } from './way.ts';

const build = { template: 'makisu', workspace: '100Mi', values: { commit: 'explicit' } };
const index = 'application/vnd.oci.image.index.v1+json';

test('an image that somebody else has pushed under the version is never pushed over; the next version is released', async (t) => {
  const images = [{ ...build, name: 'release-stock', repository: 'sample/out' }];
  const stages = [
    { name: 'image', image: { ...build, repository: 'sample/scheduler' } },
    { name: 'release', release: { images } },
  ];
  const way = await aWay(t, { github: true, config: { stages, over: { people } } });
  const url = `${way.world.registry?.url}/v2/sample/out/manifests/0.1.0`;
  const body = JSON.stringify({ schemaVersion: 2, mediaType: index, manifests: [] });
  t.is((await fetch(url, { method: 'PUT', headers: { 'content-type': index }, body })).status, 201);
  await way.start();
  await way.world.sample.commitGood();
  const taken =
    /`sample\/out:0\.1\.0` is already in the registry\. Bump the version \(`version scheduler patch main`\), then `run scheduler main`\./;
  t.notRegex(await way.showsUp('scheduler-1', taken), /Approve|may approve/);
  t.regex(await says(way, lin, 'approve scheduler-1'), taken);

  t.regex(await says(way, ada, 'version scheduler patch'), /0\.1\.1/);
  await way.world.sample.commitGood();
  await way.showsUp('scheduler-2', /Approve/);
  await says(way, lin, 'approve scheduler-2');
  await becomes(way, 'scheduler-2', 'released');
  const out = (await way.world.registry?.images())?.filter(({ repository }) => repository === 'sample/out').map(({ tag }) => tag);
  t.deepEqual(out?.toSorted(), ['0.1.0', '0.1.1']);
  t.is(await (await fetch(url, { headers: { accept: index } })).text(), body);
});
