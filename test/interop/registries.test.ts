import type { ExecutionContext } from 'ava';
import { httpClient } from '../../src/clients/http/http-client.ts';
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
