import { git } from '@coxswain/sandbox';
import test from 'ava';
import { people } from '../way/releasing.ts';
import { ada, aWay, wordsOf } from '../way/way.ts';

for (const when of ['written', 'not written'] as const) {
  test(`killed -9 while its bump is under way (${when}), the bot bumps once when it is asked again`, async (t) => {
    const way = await aWay(t, { github: true, config: { over: { people } } });
    await way.start();
    const { github, sample } = way.world;
    if (!github) return t.fail('no GitHub');
    const log = async () => (await git(['log', '--format=%s', 'main'], { cwd: sample.path })).split('\n');
    const put = /^PUT .*\/contents/;
    const held = when === 'written' ? github.faults.holdNext(put) : undefined;
    if (!held) github.faults.failNext(put, { status: 502, body: {} }, 9);
    const before = await log();
    void way.slack.type(ada, '#ci', '/cox version scheduler patch').catch(() => undefined);
    const release = await held;
    await way.until(() => github.requests().some((request) => request.startsWith('PUT')));
    await way.world.bot.end('SIGKILL');
    release?.();
    github.faults.clear();
    await way.start();
    const answers = () => [...way.slack.messages('#ci'), ...way.slack.ephemerals(ada)].map(wordsOf).filter((words) => /→/.test(words));
    await way.slack.type(ada, '#ci', '/cox version scheduler patch');
    await way.until(() => answers().length > 0, 15_000);
    if (when === 'written') t.regex(answers()[0] ?? '', /\*0\.1\.0\* → \*0\.1\.1\*\nThe earlier request had already written it/);
    const after = await log();
    t.deepEqual(after.slice(0, after.length - before.length), ['Set the version to 0.1.1']);
  });
}
