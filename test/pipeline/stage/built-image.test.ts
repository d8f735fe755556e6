import test from 'ava';
import { doubtAbout, type ImageClaims, imageOf, type Manifest, messagesOf } from '../../../src/pipeline/stage/built-image.ts';
import { aPod, aRun, imageStage } from '../world.ts';

const of = (digit: string) => `sha256:${digit.repeat(64)}`;
const manifest = { digest: of('d'), bytes: 1, config: of('c'), layers: [of('1'), of('2'), of('1')] };
const pushed = { config: of('c'), layers: [of('2'), of('1')] };
const nothing = { pushed: [], messages: [] };

test('the configuration and all layers that the log names are those of the manifest, in whatever order they were pushed', (t) => {
  t.is(doubtAbout(manifest, { ...nothing, pushed: [pushed] }), undefined);
  t.is(doubtAbout(manifest, { ...nothing, pushed: [pushed, pushed] }), undefined);
});

for (const [name, image] of [
  ['another configuration', { ...pushed, config: of('e') }],
  ['a layer that was not pushed', { ...pushed, layers: [of('1')] }],
  ['a layer less than was pushed', { ...pushed, layers: [...pushed.layers, of('3')] }],
  ['other layers', { ...pushed, layers: [of('3'), of('4')] }],
] as const) {
  test(`a manifest with ${name} is another image, also where another log names it`, (t) => {
    t.is(doubtAbout(manifest, { ...nothing, pushed: [image] })?.kind, 'other');
    t.is(doubtAbout(manifest, { ...nothing, pushed: [pushed, image] })?.kind, 'other');
    t.is(doubtAbout(manifest, { pushed: [image], messages: [of('d')] })?.kind, 'other');
  });
}

test('an index is taken only by its own digest: who pushed one image of it may not have pushed the others', (t) => {
  const index = { digest: of('d'), bytes: 1 };
  t.is(doubtAbout(index, { ...nothing, pushed: [pushed] })?.kind, 'other');
  t.is(doubtAbout(index, { ...nothing, messages: [of('c')] })?.kind, 'other');
  t.is(doubtAbout(index, { ...nothing, messages: [of('d')] }), undefined);
});

test('a termination message names the manifest or the configuration', (t) => {
  t.is(doubtAbout(manifest, { ...nothing, messages: [of('d')] }), undefined);
  t.is(doubtAbout(manifest, { ...nothing, messages: [of('c')] }), undefined);
  t.is(doubtAbout(manifest, { ...nothing, messages: [of('d'), of('e')] })?.kind, 'other');
  t.is(doubtAbout(manifest, nothing)?.kind, 'unsaid');
});

test('a message counts where it is one digest and nothing else, of a container that has ended and is not there to prepare', (t) => {
  const container = { name: 'a', init: false, state: 'terminated' as const };
  const messages = [of('d'), ` ${of('c')}\n`, `pushed ${of('1')}`, of('2').toUpperCase(), `${of('3')}\n${of('4')}`, 'sha256:5', undefined];
  const containers = [
    ...messages.map((message) => ({ ...container, ...(message !== undefined && { message }) })),
    { ...container, init: true, message: of('6') },
    { ...container, state: 'waiting' as const, message: of('7') },
  ];
  t.deepEqual(messagesOf([aPod({ containers })]), [of('d'), of('c')]);
});

const copied = async (manifest: Manifest | undefined, claims: ImageClaims, waited = 120_000) =>
  imageOf({ manifest: async () => manifest }, aRun(1), imageStage, claims, waited);

test('a copy is the image with the digest that its Job must push, whatever was reported, be it an index', async (t) => {
  const claims = { ...nothing, expected: of('d') };
  t.like(await copied({ digest: of('d'), bytes: 3 }, claims), { digest: of('d'), bytes: 3 });
  t.like(await copied(manifest, claims), { digest: of('d') });
});

test('a copy with another digest fails with both digests, even if the copier reported that one', async (t) => {
  const claims = { pushed: [], messages: [of('e')], expected: of('d') };
  const cause = await copied({ digest: of('e'), bytes: 3 }, claims);
  t.like(cause, { title: `acme/app:cox-00000000000000000001-image is ${of('e')}, not the tested image ${of('d')}` });
  t.is(await copied({ digest: of('e'), bytes: 3 }, claims, 1_000), 'not yet');
});

test('an image that the registry lacks is told with the keys of that registry', async (t) => {
  const outside = { ...imageStage, registry: 'quay' };
  const cause = await imageOf({ manifest: async () => undefined }, aRun(1), outside, nothing, 120_000);
  t.true('next' in Object(cause) && /`registries\.quay\.api` and `registries\.quay\.push`/.test((cause as { next: string }).next));
});
