import test from 'ava';
import { ada, aWay, type Way, wordsOf } from '../way/way.ts';

/** What somebody says who copies from the help, addresses the bot, or types on a phone. */
const dressed: readonly string[] = [
  '/cox `help status`',
  '/cox *help status*',
  '/cox _help_ ~status~',
  '/cox "help" “status”',
  '/cox `/cox help status`',
  '/cox ```help status```',
  '/cox help\u00a0status.',
  '/cox HELP, `status`:',
  '/cox @coxswain: help status',
  '/cox `@coxswain:help` status',
  '/cox (help) „status”',
  '/cox $ /cox help status',
];
const mentioned: readonly string[] = [
  '@coxswain: help status',
  '@coxswain, help status',
  '@coxswain — “help” status',
  '@coxswain `help` *status*',
  '@coxswain `@coxswain help status`',
  '@coxswain `/cox help status`',
  '@coxswain ```\n/cox help status\n```',
  '*@coxswain help status*',
  '@coxswain:help status',
  '@coxswain ```sh\n/cox help status\n```',
  '@coxswain `` help status ``',
  '@coxswain > help status?',
];

async function answerTo(way: Way, text: string): Promise<string> {
  const isMention = !text.startsWith('/');
  const before = way.slack.ephemerals(ada).length;
  const done = await way.slack.type(ada, '#ci', text);
  const ts = done.ok ? (done.ts ?? '') : '';
  const answers = () => (isMention ? way.slack.replies(ts).filter(({ bot_id }) => bot_id) : way.slack.ephemerals(ada).slice(before));
  await way.until(
    () => answers().length > 0,
    20_000,
    () => `an answer to ${text}`,
  );
  return answers().map(wordsOf).join('\n');
}

test('what people copy from the help is understood as if it were typed, by the slash command and by mention', async (t) => {
  const way = await aWay(t);
  await way.start();
  let understood = 0;
  for (const [plain, others] of [
    ['/cox help status', dressed],
    ['@coxswain help status', mentioned],
  ] as const) {
    const wanted = await answerTo(way, plain);
    t.regex(wanted, /status \[repository or run\]/);
    for (const text of others) {
      const answer = await answerTo(way, text);
      if (answer === wanted) understood++;
      else t.log(`${JSON.stringify(text)}: ${answer.split('\n')[0]}`);
    }
  }
  t.log(`${understood} of ${dressed.length + mentioned.length} were understood`);
  t.is(understood, dressed.length + mentioned.length);
  t.regex(await answerTo(way, '/cox `freeze` *scheduler* `the` "big" *fair*, – wait'), /`the`|'the' "big" \*?fair/);
});
