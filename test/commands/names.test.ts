import test from 'ava';
import { UserError } from '../../src/core/errors.ts';
import { releases } from '../messages/releases.ts';
import { bot, known } from './pipeline.ts';

const offered = { ...releases['waits for its first vote'], id: 'runner-9', createdAt: '2026-11-24T14:09:00Z' };
const runs = [...known, offered];

/** Whatever a command has done or answered, as text: the run and the repository in it stand there by their own names. */
async function outcome(text: string): Promise<string> {
  const { say, done } = bot(runs);
  if (text.startsWith('unfreeze')) await say('freeze studio-go-runner the fair is on');
  if (text.startsWith('resume')) await say('pause studio-go-runner');
  const reply = await say(text).catch((error: unknown) => {
    if (!(error instanceof UserError)) throw error;
    return error.message;
  });
  return JSON.stringify([done, reply]);
}

const commandsOfRuns = ['status', 'logs', 'cancel', 'retry', 'approve', 'reject', 'notes', 'audit'];

for (const command of commandsOfRuns) {
  test(`${command} knows a run by its id, by the name of its repository, by its number, in upper or lower case`, async (t) => {
    const more = { reject: ' too slow', notes: ' Reads in batches.' }[command] ?? '';
    const plain = await outcome(`${command} runner-9${more}`);
    t.regex(plain, /runner-9/);
    for (const word of ['Runner-9', 'RUNNER-9', 'studio-go-runner-9', 'Studio-Go-Runner-9', '9', '#9'])
      t.is(await outcome(`${command} ${word}${more}`), plain, word);
    t.regex(await outcome(`${command} runer-9${more}`), command === 'audit' ? /runer-9/ : /There is no run `runer-9`/);
    t.regex(await outcome(`${command} 1${more}`), /Which run\? `1` may be `runner-1` or `tools-1`\./);
  });
}

test('what is the short name of one repository never means another one that is called so in full', async (t) => {
  const short = { ...offered, id: 'runner-12', repository: 'studio-go-runner' };
  const full = { ...offered, id: 'rn-9', repository: 'runner' };
  const { say, done } = bot([short, full]);
  await t.throwsAsync(say('cancel runner-9'), { instanceOf: UserError, message: /^`runner-9` and its logs have been deleted/ });
  t.deepEqual(done, []);
});

for (const command of ['status', 'runs', 'freeze', 'unfreeze', 'pause', 'resume', 'cancel --all']) {
  test(`${command} knows a repository by its name and its short name, in upper or lower case`, async (t) => {
    const more = command === 'freeze' ? ' the fair is on' : '';
    const said = await Promise.all(
      ['studio-go-runner', 'runner', 'Runner', 'STUDIO-GO-RUNNER'].map((word) => outcome(`${command} ${word}${more}`)),
    );
    t.deepEqual(said, Array(4).fill(said[0]));
    t.regex(said[0] ?? '', /studio-go-runner/);
    t.regex(await outcome(`${command} ruler${more}`), command === 'freeze' ? /"reason":"ruler the fair is on"/ : /`runner`/);
  });
}

test('the audit has the run by its id, whatever it was called', async (t) => {
  const { say, done } = bot(runs);
  await say('audit Runner-77');
  t.deepEqual(done, [{ audit: 'runner-77', most: 20 }], 'one that is forgotten may still stand there');
});
