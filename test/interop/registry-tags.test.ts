import { httpClient } from '../../src/clients/http/http-client.ts';
import { registryClient } from '../../src/clients/registry/registry-client.ts';
import { messageOf } from '../../src/core/errors.ts';
import type { TagState } from '../../src/core/release/tag-state.ts';
import { labels } from './servers/labels.ts';
import { type RegistryName, registries, startRegistry } from './servers/registries.ts';
import { type Fault, faultProxy, page, redirectTo, tooMany } from './support/fault-proxy.ts';
import { ociIndex, ociManifest, pushImage, pushManifest } from './support/image.ts';
import { testWith } from './support/installed.ts';
import { plain, saw } from './support/row.ts';

const manifest = /\/manifests\//;
const everything = /./;
const notFound = { ...page, status: 404 };
const schema1 = {
  headers: { 'content-type': 'application/vnd.docker.distribution.manifest.v1+prettyjws' },
  body: Buffer.from('{"schemaVersion":1,"fsLayers":[]}'),
};
const basic = { status: 401, headers: { 'www-authenticate': 'Basic realm="registry"' } };

/** Somebody's image has the tag 1.0.0 of `team/app`; what is asked for instead is named. */
const cases: Readonly<Record<string, Fault & { readonly asks?: string }>> = {
  'somebody’s image has the tag': {},
  'somebody’s index has the tag, and its image was deleted': { asks: 'team/app:index' },
  'somebody’s artifact has the tag': { asks: 'team/app:artifact' },
  'nothing has the tag': { asks: 'team/app:1.0.1' },
  'there is no such repository': { asks: 'team/none:1.0.0' },
  'the manifest is one of schema 1': { path: manifest, instead: schema1 },
  'the manifest has 5 MiB': { path: manifest, rewrite: (answer) => ({ ...answer, body: Buffer.alloc(5 * 1024 ** 2, ' ') }) },
  'the manifest is cut off': { path: manifest, cutAfter: 50 },
  'the manifest ends after 50 bytes, as if it were whole': { path: manifest, endAfter: 50 },
  'the manifest is compressed unasked': { path: manifest, gzip: true },
  'a web page comes instead of the manifest': { path: manifest, instead: page },
  'a redirect comes instead of the manifest': { path: manifest, instead: redirectTo('https://sso.example.com/in') },
  'a proxy answers 404 for the manifest, with a page': { path: manifest, instead: notFound },
  'a proxy answers 404 for everything, with a page': { path: everything, instead: notFound },
  'a proxy answers 404 for everything, with nothing': { path: everything, instead: { status: 404 } },
  'a login is asked for': { path: manifest, instead: basic },
  'the server answers 403': { path: manifest, instead: { status: 403 } },
  'the server answers 502': { path: manifest, instead: { ...page, status: 502 } },
  'the server answers 429': { path: manifest, instead: tooMany(60) },
  'the connection is closed': { path: manifest, refuse: true },
};

const said = (state: TagState, host: string): string =>
  state.state === 'unknown' ? `held: ${plain(messageOf(state.error), { [host]: 'registry.example' })}` : state.state;

for (const name of Object.keys(registries) as RegistryName[]) {
  testWith([registries[name].program], `${name}: a tag is taken, free, or not known, whatever comes in between`, async (t) => {
    const server = await startRegistry(name);
    t.teardown(server.stop);
    await pushImage(server.url, 'team/app', '1.0.0');
    await pushSpecial(server.url);
    for (const [did, { asks = 'team/app:1.0.0', ...fault }] of Object.entries(cases)) {
      const proxy = await faultProxy(server.url);
      proxy.set(...(Object.keys(fault).length > 0 ? [fault] : []));
      const http = httpClient();
      const [repository = '', tag = ''] = asks.split(':');
      const state = await registryClient({ api: proxy.url, http }).tag(repository, tag);
      await http.close();
      await proxy.stop();
      saw(t, { rows: 'tags', server: labels[name], did }, said(state, proxy.host));
    }
  });
}

/** An index whose only image is deleted afterwards, and an artifact. */
async function pushSpecial(url: string): Promise<void> {
  const { digest, manifest: image } = await pushed(url, 'image');
  const platform = { os: 'linux', architecture: 'amd64' };
  const index = { schemaVersion: 2, mediaType: ociIndex, manifests: [{ mediaType: ociManifest, digest, size: image.length, platform }] };
  await pushManifest(url, 'team/app/manifests/index', { manifest: index, mediaType: ociIndex });
  const artifact = { ...JSON.parse(image), artifactType: 'text/sbom' };
  await pushManifest(url, 'team/app/manifests/artifact', { manifest: artifact, mediaType: ociManifest });
  const { ok } = await fetch(`${url}/v2/team/app/manifests/${digest}`, { method: 'DELETE' });
  if (!ok) throw new Error('the image of the index cannot be deleted');
}

async function pushed(url: string, tag: string): Promise<{ readonly digest: string; readonly manifest: string }> {
  const { digest } = await pushImage(url, 'team/app', tag);
  const answer = await fetch(`${url}/v2/team/app/manifests/${digest}`, { headers: { accept: ociManifest } });
  return { digest, manifest: await answer.text() };
}
