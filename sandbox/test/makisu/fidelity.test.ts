import test, { type ExecutionContext } from 'ava';
import { host, type Line, realLog, type World, world } from './_player.ts';

/** The context that the real logs were made with. */
const files = {
  'app/greeting.txt': 'hello from the runner\n',
  'app/limits.conf': 'max_jobs = 4\ntimeout = 30\n',
  'test.sh': '#!/bin/sh\necho "=== RUN   TestGreeting"\n',
};
const base = `FROM ${host}/library/busybox:1.35\n`;
const copies = 'WORKDIR /app\nCOPY app /app\nCOPY test.sh /app/test.sh\n';
const run = 'RUN echo "packing $(ls /app | wc -l) files" && tar cf /app.tar /app && echo "tar: removing leading /" >&2 #!COMMIT\n';
const good = `${base}${copies}ENV MODE=ci\n${run}LABEL org.opencontainers.image.title=greeter\nCMD ["sh", "test.sh"]\n`;
const failing = `${base}${copies}RUN echo "checking limits.conf" && grep -n timeout limits.conf #!COMMIT
RUN echo "compiling greeter" && echo "greeter.c: In function 'main':" >&2 && sleep 1 && echo "greeter.c:12:5: error: 'retries' undeclared (first use in this function)" >&2 && exit 2 #!COMMIT
CMD ["sh", "test.sh"]
`;

/** What a real base image and a real RUN leave in a log, and what depends on the moment. */
const elsewhere = [
  /^Client TLS is disabled$/,
  /^Blacklisted \/var\/run/,
  /library\/busybox:(sha256:)?[0-9a-f]{64}$/,
  /^\* Processing FROM layer/,
  /^\* Untarred|^\* Merged/,
  /^not (pulled|run) here/,
  /^packing|^tar: |^checking limits|^2:timeout/,
];

/** Lines of layers on their way to the registry come between the others as it happens. */
const beside = /^\* (Started|Finished|Skipped) pushing|^Stored cacheID mapping|^\* Removed /;

/** The lines that a reader of the log lives on, without digests, counts and sizes. */
function milestones(lines: readonly Line[], context: string): string[] {
  return (
    lines
      .filter(({ msg }) => !elsewhere.some((pattern) => pattern.test(msg)) && !beside.test(msg))
      .map(({ level, msg, ...fields }) => {
        const plain = msg
          .replaceAll(context, '/workspace')
          .replace(/[0-9a-f]{64}/g, '<hex>')
          .replace(/\d+ (files|bytes)/g, 'N $1');
        const measured = Object.keys(fields).filter((name) => name === 'duration' || name === 'total_image_size');
        return `${level} ${plain.replace(/image size \d+/, 'image size N').replace(/greeter:\d+/, 'greeter:1')} ${measured}`;
      })
      // The layer of the base image, which the player does not have.
      .filter((line, index, all) => !(line.includes('Committed gzipped layer') && all[index - 1]?.includes('Executed FROM')))
  );
}

async function same(t: ExecutionContext, { build, context }: World, real: string, ...flags: string[]): Promise<void> {
  const { lines } = await build(...flags);
  t.deepEqual(milestones(lines, context), milestones(await realLog(real), '/workspace'));
}

/** A world whose context is the one of the real logs. */
async function greeter(t: ExecutionContext, dockerfile: string, env: Readonly<Record<string, string>> = {}): Promise<World> {
  const made = await world(t, env);
  await made.files({ ...files, Dockerfile: dockerfile });
  return made;
}

test('a first and a cached build log as the real Makisu does, to the cache IDs', async (t) => {
  const made = await greeter(t, good);
  await same(t, made, 'first-build', '--commit=explicit', '-t=team/greeter:1');
  await same(t, made, 'cached-build', '--commit=explicit', '-t=team/greeter:2');
});

test('builds that commit each step log as the real Makisu does', async (t) => {
  const made = await greeter(t, good);
  await same(t, made, 'implicit', '-t=team/greeter:8');
  await same(t, made, 'implicit-cached', '-t=team/greeter:9');
});

test('a RUN that fails ends as the real Makisu ends', async (t) => {
  const made = await greeter(t, failing);
  const { code, lines } = await made.build('--commit=explicit', '-t=team/greeter:3');
  t.is(code, 1);
  // Which of stdout and stderr is read first is left to chance in the real Makisu.
  const sorted = (all: readonly Line[]): string[] => milestones(all, made.context).sort();
  const real = await realLog('failing-run');
  t.deepEqual(sorted(lines), sorted(real));
  const own = lines.filter(({ msg }) => ![beside, ...elsewhere].some((pattern) => pattern.test(msg)));
  t.deepEqual([own.at(-1)?.msg, own.at(-2)?.msg], [real.at(-1)?.msg, 'Command exited with 2\n']);
});

test('a file that is missing and a line that is unknown end as in the real Makisu', async (t) => {
  await same(
    t,
    await greeter(t, `${base}COPY app /app\nCOPY version.txt /app/version.txt\nCMD ["sh", "test.sh"]\n`),
    'missing-file',
    '--commit=explicit',
    '-t=a:1',
  );
  await same(t, await greeter(t, `${base}SHELL ["/bin/ash", "-c"]\nRUN ls\n`), 'unsupported-directive', '--commit=explicit', '-t=a:1');
});

test('what the registry and the cache are told comes to the same', async (t) => {
  const made = await greeter(t, good);
  const { said } = await made.build('--commit=explicit', '-t=team/greeter:1');
  const counted = (all: readonly string[]): Record<string, number> =>
    Object.fromEntries(
      ['* Started pushing image config', '* Finished pushing image config', 'Stored cacheID mapping'].map((start) => [
        start,
        all.filter((line) => line.startsWith(start)).length,
      ]),
    );
  t.deepEqual(counted(said), counted((await realLog('first-build')).map(({ msg }) => msg)));
});
