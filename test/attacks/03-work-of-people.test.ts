import { readdirSync, readFileSync } from 'node:fs';
import test, { type ExecutionContext } from 'ava';
import { ada, aWay, type Way, wordsOf } from '../way/way.ts';

const lin = 'U0456LIN';
const crowd = Array.from({ length: 30 }, (_unused, n) => `U1CROWD${String(n).padStart(2, '0')}`);

/** A process: its parent, and its memory in MB. */
interface Seen {
  readonly parent: number;
  readonly mb: number;
}

function processes(): Map<number, Seen> {
  const ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const seen = ids.flatMap((id): [number, Seen][] => {
    try {
      const status = readFileSync(`/proc/${id}/status`, 'utf8');
      const number = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
      return [[Number(id), { parent: number('PPid'), mb: number('VmRSS') / 1024 }]];
    } catch {
      return [];
    }
  });
  return new Map(seen);
}

/** Looks at the bot and all that it has started, again and again, until the function that it gives is called. */
function watching(bot: number): () => { programs: number; mb: number } {
  let most = { programs: 0, mb: 0 };
  const look = () => {
    const all = processes();
    const own = [...all.entries()].filter(([id]) => isOf(all, id, bot)).map(([, seen]) => seen);
    const mb = own.reduce((sum, seen) => sum + seen.mb, 0);
    most = { programs: Math.max(most.programs, own.length - 1), mb: Math.max(most.mb, Math.round(mb)) };
  };
  const timer = setInterval(look, 20);
  return () => {
    clearInterval(timer);
    return most;
  };
}

/** Whether it is the bot, or was started by it or by what it has started. */
function isOf(all: ReadonlyMap<number, Seen>, id: number, bot: number): boolean {
  for (let at: number | undefined = id; at !== undefined && at > 1; at = all.get(at)?.parent) if (at === bot) return true;
  return false;
}

/** How long each `/cox status` of somebody else takes, in ms, until told to stop. */
function asking(way: Way, user: string): () => Promise<number[]> {
  const took: number[] = [];
  let goesOn = true;
  const ask = async () => {
    while (goesOn) {
      const before = way.slack.ephemerals(user).length;
      const begun = performance.now();
      await way.slack.type(user, '#ci', '/cox status');
      await way.slack.until(() => way.slack.ephemerals(user).length > before, 60_000);
      took.push(Math.round(performance.now() - begun));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return took.toSorted((a, b) => a - b);
  };
  const done = ask();
  return () => {
    goesOn = false;
    return done;
  };
}

const answersOf = (way: Way, users: readonly string[]) => users.flatMap((user) => way.slack.ephemerals(user)).map(wordsOf);
const isVersion = (words: string) => /is at \*0\.1\.0\*/.test(words);
const isRefusal = (words: string) => /try again (in \d+ s|when one of them has been answered)/.test(words);

/** Says it as often at once, and gives what was seen until the last answer. */
async function attack(t: ExecutionContext, way: Way, users: readonly string[], line: (n: number) => string) {
  const stop = watching(way.world.bot.pid ?? 0);
  const others = asking(way, lin);
  const begun = performance.now();
  await Promise.all(Array.from({ length: 120 }, (_unused, n) => way.slack.type(users[n % users.length] ?? ada, '#ci', line(n))));
  await way.slack.until(() => answersOf(way, users).length >= 120, 120_000);
  const seconds = Math.round(performance.now() - begun) / 1000;
  const [most, took] = [stop(), await others()];
  const answers = answersOf(way, users);
  const [answered, refused] = [answers.filter(isVersion).length, answers.filter(isRefusal).length];
  const median = took[Math.floor(took.length / 2)] ?? 0;
  t.log({ ...most, seconds, answered, refused, status: { asked: took.length, median, worst: took.at(-1) } });
  return { ...most, answered, refused, median };
}

async function crowded(t: ExecutionContext): Promise<Way> {
  // Slack lets the bot ask who all of them are: what is tried here is the rest.
  const way = await aWay(t, { slack: { limits: { factor: 5 } } });
  for (const id of crowd) way.slack.setUser({ id, name: id.toLowerCase(), realName: id });
  way.slack.join('#ci', ...crowd);
  await way.start();
  return way;
}

const words = ['version scheduler', 'version scheduler show', 'version scheduler show main'];

test.serial('one person asks for the version 120 times at once', async (t) => {
  const way = await crowded(t);
  const seen = await attack(t, way, [ada], (n) => `/cox ${words[n % 3]}`);
  t.true(seen.programs <= 16, `${seen.programs} programs`);
  t.true(seen.answered > 0);
  t.is(seen.answered + seen.refused, 120);
  t.true(seen.median < 300, `${seen.median} ms`);
  const before = way.slack.ephemerals(ada).length;
  for (const word of ['help', 'whoami', 'status', 'runs']) await way.slack.type(ada, '#ci', `/cox ${word}`);
  await way.slack.until(() => way.slack.ephemerals(ada).length === before + 4);
  const after = way.slack.ephemerals(ada).slice(before).map(wordsOf);
  t.deepEqual(after.filter(isRefusal), [], 'what takes no work is answered all the same');
});

test.serial('thirty people ask for it four times each at once', async (t) => {
  const way = await crowded(t);
  const seen = await attack(t, way, crowd, (n) => `/cox ${words[n % 3]}`);
  t.true(seen.programs <= 16, `${seen.programs} programs`);
  t.is(seen.answered + seen.refused, 120);
  t.true(seen.answered >= 30, `${seen.answered} are answered`);
  t.true(seen.median < 300, `${seen.median} ms`);
});

test.serial('one person goes on asking: the others are served, polls go on, and the refusal says when to ask again', async (t) => {
  const way = await crowded(t);
  let goesOn = true;
  const flood = async () => {
    for (let n = 0; goesOn; n += 1) {
      await way.slack.type(ada, '#ci', `/cox ${words[n % 3]}`);
      await way.slack.type(ada, '#ci', '/cox audit');
    }
  };
  const flooding = [flood(), flood(), flood()];
  await way.slack.until(() =>
    answersOf(way, [ada]).some((answer) => /You have made 20 requests within a minute.*try again in \d+ s/.test(answer)),
  );
  await way.slack.type(lin, '#ci', '/cox version scheduler');
  t.true(isVersion(await way.slack.until(() => answersOf(way, [lin])[0])));
  await way.world.sample.commitGood();
  await way.until(async () => (await way.record('scheduler-1')) !== undefined, 15_000);
  goesOn = false;
  await Promise.all(flooding);
  t.pass();
});
