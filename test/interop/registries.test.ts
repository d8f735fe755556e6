import type { ExecutionContext } from 'ava';
import { type HttpRequest, httpClient } from '../../src/clients/http/http-client.ts';
import { registryClient } from '../../src/clients/registry/registry-client.ts';
import { type RegistryName, registries, startRegistry } from './servers/registries.ts';
import { pushImage } from './support/image.ts';
import { testWith } from './support/installed.ts';

for (const name of Object.keys(registries) as RegistryName[]) {
  testWith(
    [registries[name].program],
    `${name}: an image that was pushed is read, and one that was not is free`,
    async (t: ExecutionContext) => {
      const server = await startRegistry(name);
      t.teardown(server.stop);
      const http = httpClient();
      t.teardown(() => http.close());
      const registry = registryClient({ api: server.url, http });
      t.deepEqual(await registry.ping(), { login: 'none' });
      t.is(await registry.manifest('team/app', '1.0.0'), undefined, 'a repository that nobody has pushed to');
      const { digest } = await pushImage(server.url, 'team/app', '1.0.0');
      t.is((await registry.manifest('team/app', '1.0.0'))?.digest, digest);
      t.is(await registry.manifest('team/app', '1.0.1'), undefined);
    },
  );
}

const relative: Readonly<Partial<Record<RegistryName, true>>> = { olareg: true, crane: true };

for (const name of Object.keys(registries) as RegistryName[]) {
  testWith(
    [registries[name].program],
    `${name}: an upload is begun and cancelled, for a name that it has where there is one`,
    async (t: ExecutionContext) => {
      const server = await startRegistry(name);
      t.teardown(server.stop);
      const asked: string[] = [];
      const http = httpClient();
      t.teardown(() => http.close());
      const seen = {
        ...http,
        request: (url: string | URL, request: HttpRequest = {}) => {
          asked.push(`${request.method ?? 'GET'} ${new URL(url).pathname}${new URL(url).search}`);
          return http.request(url, request);
        },
      };
      const registry = registryClient({ api: server.url, http: seen });
      await pushImage(server.url, 'team/there', '1.0.0');
      const begun = await registry.beginUpload(['team/new', 'team/there']);
      t.like(begun, { login: 'none', repository: 'team/there', relative: relative[name] ?? false });
      t.is(asked.filter((one) => one.startsWith('POST ')).length, 1);
      const [, left = ''] = asked.findLast((one) => one.startsWith('DELETE '))?.split(' ') ?? [];
      t.true(left.startsWith('/v2/team/there/blobs/uploads/'));
      // Those of crane cannot be cancelled.
      t.is(begun.cancelled, name !== 'crane');
      if (begun.cancelled) t.true([400, 404].includes((await http.request(`${server.url}${left}`)).status), 'nothing is left of it');
      t.deepEqual(
        asked.filter((one) => one.includes('team/new')),
        ['GET /v2/team/new/tags/list'],
      );
    },
  );
}
