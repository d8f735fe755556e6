import test, { type ExecutionContext } from 'ava';
import { ada, aWay, type Way } from '../way/way.ts';
import { type Inspector, inspected, inspectorOf } from './inspector.ts';

const env = { PATH: process.env.PATH ?? '', COXSWAIN_HEALTH_PORT: '0', ...inspected };

interface Probed {
  readonly way: Way;
  readonly inspector: Inspector;
  readonly probe: (path: string) => Promise<{ code: number; text: string }>;
}

async function probed(t: ExecutionContext): Promise<Probed> {
  const way = await aWay(t, { env });
  await way.start();
  const inspector = await inspectorOf(way);
  t.teardown(() => inspector.close());
  const [port] = way.lines.flatMap((line) => /probes are served on port (\d+)/.exec(line)?.[1] ?? []);
  const probe = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(2_000) });
    return { code: answer.status, text: await answer.text() };
  };
  return { way, inspector, probe };
}

test('an event loop that stands still for 30 s is told by /healthz, its work by the log, and the process ends', async (t) => {
  const { way, inspector, probe } = await probed(t);
  t.deepEqual(await probe('/healthz'), { code: 200, text: 'ok\n' });
  await way.until(async () => (await probe('/readyz')).code === 200, 15_000);
  // From now on the word `whoami` keeps whoever makes it lower-case busy for ever.
  await inspector.evaluate(`{
    const before = String.prototype.toLowerCase;
    String.prototype.toLowerCase = function lowered() {
      if (String(this) === 'whoami') for (;;);
      return before.call(this);
    };
  }`);
  const begun = Date.now();
  await way.slack.type(ada, '#ci', '@coxswain whoami');
  const codes = new Set<number>();
  while (way.world.bot.running && Date.now() - begun < 60_000) {
    await probe('/healthz').then(
      ({ code }) => codes.add(code),
      () => undefined,
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const seconds = (Date.now() - begun) / 1000;
  t.log(`the process ended after ${seconds} s; /healthz said ${[...codes]}`, ...way.lines.slice(-20));
  t.false(way.world.bot.running);
  t.true(seconds > 28 && seconds < 45, String(seconds));
  t.true(codes.has(200));
  const [told] = way.lines.filter((line) => line.includes('the event loop has been blocked for'));
  t.regex(told ?? '', /error the event loop has been blocked for 3\d s.* In progress: answer to U0123ADA: whoami, since 20/);
  t.true(way.lines.some((line) => /^ +at lowered \(/.test(line)));
  t.true(way.lines.some((line) => /^ +at \S* ?\(.*src\/core\/command\/dispatch\.ts:\d+\)/.test(line)));
});

test('where the main thread waits in a system call that does not return, the process ends too', async (t) => {
  const { way, inspector } = await probed(t);
  void inspector.evaluate("process.getBuiltinModule('node:child_process').execFileSync('sleep', ['90'])");
  await way.until(() => !way.world.bot.running, 60_000);
  t.true(
    way.lines.some((line) => /the event loop has been blocked for 3\d s.* In progress: unknown; last started: poll, since 20/.test(line)),
  );
  t.true(way.lines.some((line) => line.includes('in a system call that does not return')));
});

test('a process that was stopped for longer than that goes on, and so does one whose clock was set', async (t) => {
  const { way, inspector, probe } = await probed(t);
  const pid = Number(await inspector.evaluate('process.pid'));
  process.kill(pid, 'SIGSTOP');
  await new Promise((resolve) => setTimeout(resolve, 40_000));
  process.kill(pid, 'SIGCONT');
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  t.true(way.world.bot.running);
  t.deepEqual(await probe('/healthz'), { code: 200, text: 'ok\n' });
  await inspector.evaluate('{ const now = Date.now; Date.now = () => now() + 3_600_000; }');
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  t.deepEqual(await probe('/healthz'), { code: 200, text: 'ok\n' });
});

test('/readyz names what is not well, and is well again with it', async (t) => {
  const { way, probe } = await probed(t);
  const ready = (code: number, words: RegExp) =>
    way.until(
      async () => {
        const answer = await probe('/readyz');
        return answer.code === code && words.test(answer.text);
      },
      30_000,
      () => `/readyz to say ${code} ${words}`,
    );
  await ready(200, /^\[\+\] loop: ok\n\[\+\] slack: ok\n\[\+\] cluster: ok\n\[\+\] store: ok\n$/);
  const back = way.world.kubernetes?.restart(12_000);
  await ready(503, /^\[-\] cluster: .+/m);
  await back;
  await ready(200, /^\[\+\] cluster: ok/m);
  t.pass();
});
