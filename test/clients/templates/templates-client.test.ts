import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { templateFiles } from '../../../src/clients/templates/templates-client.ts';
import { UserError } from '../../../src/core/errors.ts';
import type { TemplateText } from '../../../src/core/template-source.ts';

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
    device: /not a regular file/,
    pipe: /not a regular file/,
    none: /there is no template none/,
  };
  for (const [name, why] of Object.entries(wrong)) {
    const error = await t.throwsAsync(read(name), { instanceOf: UserError });
    t.regex(error.message, why);
    t.true(error.message.includes(join(folder, `${name}.yaml`)), error.message);
  }
});

/** A folder of the bot's templates and one of a user's, with these files. */
async function folders(t: ExecutionContext, files: Readonly<Record<string, string>>) {
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-templates-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  for (const one of ['jobs', 'mine']) await mkdir(join(folder, one));
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text);
  return { jobs: join(folder, 'jobs'), mine: join(folder, 'mine') };
}

const names = (partials: readonly TemplateText[]) => partials.map(({ name }) => name);

test('a template of the bot has the partials of its folder, in the order of their names', async (t) => {
  const { jobs } = await folders(t, {
    'jobs/a.yaml': 'a',
    'jobs/_z.tpl': 'z',
    'jobs/_b.tpl': 'b',
    'jobs/c.tpl': 'c',
    'jobs/_d.yaml': 'd',
    'mine/_e.tpl': 'e',
  });
  const { name, text, partials } = await templateFiles(jobs).read('a');
  t.deepEqual(
    [name, text, partials],
    [
      'a',
      'a',
      [
        { name: '_b.tpl', text: 'b' },
        { name: '_z.tpl', text: 'z' },
      ],
    ],
  );
  t.deepEqual(names((await templateFiles(jobs).read(join(jobs, 'a.yaml'))).partials), ['_b.tpl', '_z.tpl']);
});

test('a file of a user has those of the bot, and behind them those beside it', async (t) => {
  const { jobs, mine } = await folders(t, { 'jobs/_b.tpl': 'b', 'mine/a.yaml': 'a', 'mine/_b.tpl': 'other', 'mine/_a.tpl': '' });
  const { partials } = await templateFiles(jobs).read(join(mine, 'a.yaml'));
  t.deepEqual(names(partials), ['_b.tpl', join(mine, '_a.tpl'), join(mine, '_b.tpl')]);
  t.is(partials[2]?.text, 'other');
});

test('a template that is not there is told of before its partials', async (t) => {
  const { jobs, mine } = await folders(t, {});
  await t.throwsAsync(templateFiles(jobs).read(join(mine, 'none', 'a.yaml')), { instanceOf: UserError, message: /there is no template/ });
});

test('partials that cannot be read are a sentence with the place', async (t) => {
  const { jobs, mine } = await folders(t, { 'mine/a.yaml': '' });
  await mkdir(join(mine, '_folder.tpl'));
  const read = () => templateFiles(jobs).read(join(mine, 'a.yaml'));
  await t.throwsAsync(read, { instanceOf: UserError, message: `the partial ${join(mine, '_folder.tpl')} cannot be read: it is a folder` });
  for (let count = 0; count < 100; count++) await writeFile(join(mine, `_${count}.tpl`), '');
  await t.throwsAsync(read, { instanceOf: UserError, message: `there are 101 partials (_*.tpl) in ${mine}, more than 100` });
});
