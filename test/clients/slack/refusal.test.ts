import test from 'ava';
import { obedient } from '../../../src/clients/slack/refusal.ts';
import { RateLimited } from '../../../src/core/chat.ts';

test('asked to wait, all wait, as long as the longest answer says', async (t) => {
  let time = 0;
  const waits = [300, 100];
  const asked: string[] = [];
  const ask = obedient(
    async (key) => {
      asked.push(key);
      await Promise.resolve();
      const wait = waits.shift();
      if (wait !== undefined) throw new RateLimited(wait);
      return key;
    },
    () => time,
  );
  await Promise.all(['a', 'b'].map((key) => t.throwsAsync(ask(key), { instanceOf: RateLimited })));
  time = 299;
  t.is((await t.throwsAsync(ask('c'), { instanceOf: RateLimited }))?.retryAfterMs, 1);
  time = 300;
  t.is(await ask('d'), 'd');
  t.deepEqual(asked, ['a', 'b', 'd']);
});

test.serial('a clock that is set back makes nobody wait longer', async (t) => {
  let isBusy = true;
  const ask = obedient(async (key) => (isBusy ? Promise.reject(new RateLimited(20)) : key));
  await t.throwsAsync(ask('a'), { instanceOf: RateLimited });
  isBusy = false;
  const { now } = Date;
  t.teardown(() => {
    Date.now = now;
  });
  Date.now = () => now() - 3_600_000;
  await new Promise((resolve) => setTimeout(resolve, 40));
  t.is(await ask('b'), 'b');
});
