import { join } from 'node:path';
import test from 'ava';
import { sampleRepository } from '../../src/git/sample.ts';
import { host, play, world } from './_player.ts';

test('the sample builds, and its failing builds fail', async (t) => {
  const { context, registry } = await world(t);
  const sample = await sampleRepository({
    repositories: join(context, 'git'),
    work: context,
    base: `${host}/library/busybox:1.35`,
    pause: 0.4,
  });
  const env = { COXSWAIN_SANDBOX_REGISTRIES: JSON.stringify({ [host]: registry.url }) };
  const build = async (tag: string): Promise<string> => {
    const flags = [
      `--push=${host}`,
      '--modifyfs=true',
      '--commit=explicit',
      `-t=team/scheduler:${tag}`,
      `--storage=${join(context, 'storage')}`,
    ];
    const { code, stderr } = await play(['build', ...flags, join(context, sample.name)], env);
    return `${code} ${JSON.parse(stderr.trim().split('\n').at(-1) ?? '').msg}`;
  };
  t.is(await build('1'), '0 * Removed 0 directories under /');
  await sample.commitFailing('build');
  t.regex(await build('2'), /^1 failed to execute build plan: .* cmd wait: exit status 3$/);
  await sample.commitGood();
  t.regex(await build('3'), /^0 /);
  await sample.commitFailing('build');
  t.regex(await build('4'), /^1 failed to create build plan: .*version\.txt: no such file or directory$/);
  t.deepEqual(
    (await registry.images()).map(({ tag }) => tag),
    ['1', '3'],
  );
});
