import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { templateFiles } from '../../../src/clients/templates/templates-client.ts';
import { UserError } from '../../../src/core/errors.ts';

test('whatever stands in the place of a template is a sentence with the place, and none is read without end', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-templates-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, 'folder.yaml'));
  await writeFile(join(folder, 'large.yaml'), Buffer.alloc(1024 ** 2 + 1));
  await symlink(join(folder, 'loop.yaml'), join(folder, 'loop.yaml'));
  await symlink('/dev/zero', join(folder, 'device.yaml'));
  execFileSync('mkfifo', [join(folder, 'pipe.yaml')]);
  const { read } = templateFiles(folder);
  const wrong = {
    folder: /is a folder/,
    large: /has 1048577 bytes/,
    loop: /symbolic links/,
    device: /no ordinary file/,
    pipe: /no ordinary file/,
    none: /there is no template none/,
  };
  for (const [name, why] of Object.entries(wrong)) {
    const error = await t.throwsAsync(read(name), { instanceOf: UserError });
    t.regex(error.message, why);
    t.true(error.message.includes(join(folder, `${name}.yaml`)), error.message);
  }
});
