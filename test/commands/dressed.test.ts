import test from 'ava';
import { withoutMention } from '../../src/clients/slack/inbound/parsed-text.ts';
import { UserError } from '../../src/core/errors.ts';
import { bot } from './pipeline.ts';

/** Ways in which what stands in the help comes back: with marks, addressed to the bot, in signs that phones make. */
const dressings: Readonly<Record<string, (said: string) => string>> = {
  'as code': (said) => `\`${said}\``,
  'in bold': (said) => `*${said}*`,
  'in italics': (said) => `_${said}_`,
  'in bold italics': (said) => `*_${said}_*`,
  'as a block of code': (said) => `\`\`\`\n${said}\n\`\`\``,
  'as a quotation': (said) => `> ${said}`,
  'with the slash command': (said) => `/cox ${said}`,
  'with the slash command, as code': (said) => `\`/cox ${said}\``,
  'with the mention of the help, as code': (said) => `\`@coxswain ${said}\``,
  'after a name with a colon': (said) => `@coxswain: ${said}`,
  'after a name with a comma': (said) => `@coxswain, ${said}`,
  'after a mention with a colon': (said) => withoutMention(`<@UBOT>: ${said}`, 'UBOT'),
  'in bold, the mention too': (said) => withoutMention(`*<@UBOT|coxswain> ${said}*`, 'UBOT'),
  'with a full stop': (said) => `${said}.`,
  'with spaces that do not break': (said) => said.replaceAll(' ', '\u00a0'),
  'with a command in capitals': (said) => said.replace(/^\w+/, (word) => word.toUpperCase()),
  'each word as code': (said) => said.replaceAll(/\S+/g, '`$&`'),
  'each word in bold, with a comma': (said) => said.replaceAll(/\S+/g, '*$&*,'),
  'in curly quotation marks': (said) => `“${said}”`,
  'with a dash in place of each hyphen': (said) => said.replaceAll(/-(?=\d)/g, '–'),
};

/** What becomes of a text: what is answered, refused, and asked of the pipeline. */
async function become(text: string) {
  const { say, done } = bot();
  const answer = await say(text).catch((error: unknown) => {
    if (error instanceof UserError) return error.message;
    throw error;
  });
  return JSON.stringify({ answer, done });
}

const ids = (example: string) => example.replaceAll('runner-142', 'runner-3');
/** In a pattern a star is one. */
const isBoldPattern = (said: string) => /\*\S+\*\*/.test(said);
/** A text in the person's own words keeps its marks: those at its end too. */
const isOwnText = (example: string) => /^(?:notes|reject|freeze|pause) .* /.test(example);

for (const [name, dressed] of Object.entries(dressings)) {
  test(`every example of the help is understood ${name}`, async (t) => {
    const examples = bot().list.flatMap((command) => [command.name, ...(command.examples ?? [])]);
    for (const example of examples.map(ids).filter((one) => !isOwnText(one))) {
      if (isBoldPattern(dressed(example))) continue;
      t.is(await become(dressed(example)), await become(example), dressed(example));
    }
  });
}

const keeps = test.macro(async (t, text: string, wanted: object) => {
  const { say, done } = bot();
  await say(text);
  t.like(done[0], wanted);
});

test('a reason keeps its marks', keeps, '`reject` *runner-3* `too` *slow*, "really" – see `top`', {
  reason: '`too` *slow*, "really" – see `top`',
});
test('notes keep theirs', keeps, '`/cox notes runner-3` *New*: `x`\n- “y”', { text: '*New*: `x`\n- “y”' });
test('notes after what was shown keep theirs', keeps, 'notes `runner-3` `3f2a1bc`, *v0.14.3* _y_', { text: '_y_' });
test('the reason of a freeze keeps its marks', keeps, 'freeze `tools` the "big" *fair*', {
  freeze: { reason: 'the "big" *fair*', by: 'U0123ADA', at: '2026-11-24T15:00:00.000Z', repository: 'tools' },
});

const refuses = test.macro(async (t, text: string, message: RegExp) => {
  const { say, done } = bot();
  await t.throwsAsync(say(text), { instanceOf: UserError, message });
  t.deepEqual(done, []);
});

test(
  'what is too long is not done, and its limit is named',
  refuses,
  `status ${'x'.repeat(4000)}`,
  /^`status` takes at most 4000 characters/,
);
test('that holds for what is no command', refuses, 'x'.repeat(4001), /^A command takes at most 4000 characters; this one had 4001\./);
test('notes may be longer, up to a limit of their own', refuses, `notes runner-3 ${'x'.repeat(20_000)}`, /^`notes` takes at most 20000 /);
test(
  'a reason has a limit of its own',
  refuses,
  `reject runner-3 ${'x '.repeat(600)}`,
  /^A reason can have at most 1000 characters; this one had 1199/,
);
test('notes below their limit are taken whole', keeps, `notes runner-3 ${'y'.repeat(15_000)}`, { text: 'y'.repeat(15_000) });
