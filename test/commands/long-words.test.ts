import test from 'ava';
import { plainText, withoutMention } from '../../src/clients/slack/inbound/parsed-text.ts';
import { asWord } from '../../src/core/command/tokenize.ts';
import { UserError } from '../../src/core/errors.ts';
import { errorMessage, replyMessage } from '../../src/messages/reply.ts';
import { hostileWords } from '../fixtures/hostile-said.ts';
import { view } from '../messages/runs.ts';
import { bot } from './pipeline.ts';

/** The bot's own way of an answer: from what Slack sends to the message that it gets. */
async function answered(text: string): Promise<number> {
  const { say } = bot();
  const start = process.cpuUsage();
  await say(plainText(withoutMention(`<@UBOT> ${text}`, 'UBOT')))
    .then((reply) => replyMessage(reply, () => view))
    .catch((error: unknown) => {
      if (!(error instanceof UserError)) throw error;
      return errorMessage(error.message);
    });
  return process.cpuUsage(start).user / 1000;
}

test('4,000 characters of anything are answered in less than 50 ms', async (t) => {
  const forms = hostileWords('runner-3').flatMap((text) => [text, `reject runner-3 ${asWord(text.slice(0, 3_900))}`]);
  let worst = { ms: 0, text: '' };
  for (const text of forms) {
    const times = [await answered(text), await answered(text), await answered(text)];
    const ms = Math.min(...times);
    if (ms > worst.ms) worst = { ms, text: text.slice(0, 60) };
  }
  t.log(`the slowest took ${worst.ms.toFixed(1)} ms: ${worst.text}`);
  t.true(worst.ms < 50, JSON.stringify(worst));
});
