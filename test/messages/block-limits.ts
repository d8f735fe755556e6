import { z } from 'zod';
import type { Message } from '../../src/messages/blocks.ts';

/** Limits of Slack as of 2026: https://docs.slack.dev/reference/block-kit/blocks and …/block-elements/button-element. */
const text = (max: number) =>
  z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('mrkdwn'), text: z.string().min(1).max(max), verbatim: z.boolean().optional() }),
    z.strictObject({ type: z.literal('plain_text'), text: z.string().min(1).max(max), emoji: z.boolean().optional() }),
  ]);

const button = z.strictObject({
  type: z.literal('button'),
  action_id: z.string().min(1).max(255),
  text: text(75),
  value: z.string().min(1).max(2000),
  style: z.enum(['primary', 'danger']).optional(),
  confirm: z.strictObject({ title: text(100), text: text(300), confirm: text(30), deny: text(30), style: z.string() }).optional(),
});

const block = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('section'), text: text(3000), expand: z.boolean().optional() }),
  z.strictObject({ type: z.literal('context'), elements: z.array(text(3000)).min(1).max(10) }),
  z.strictObject({ type: z.literal('actions'), elements: z.array(button).min(1).max(25) }),
]);

const message = z.object({ text: z.string().min(1).max(4000), blocks: z.array(block).max(50) });

/** What Slack would refuse in a message, in words; empty where it would take it. */
export function refusals(sent: Pick<Message, 'text' | 'blocks'>): string[] {
  const parsed = message.safeParse(sent);
  if (!parsed.success) return [z.prettifyError(parsed.error)];
  const ids = parsed.data.blocks.flatMap((one) => (one.type === 'actions' ? one.elements.map(({ action_id }) => action_id) : []));
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
  const total = JSON.stringify(parsed.data.blocks).length;
  return [...twice.map((id) => `action_id ${id} twice`), ...(total > 40_000 ? [`${total} characters of blocks`] : [])];
}

/** Every mrkdwn text of a message: the fallback, then those of the blocks. */
export function markup(sent: Pick<Message, 'text' | 'blocks'>): string[] {
  const parsed = message.parse(sent);
  return [parsed.text, ...parsed.blocks.flatMap(textsOf)];
}

function textsOf(one: z.infer<typeof block>): string[] {
  if (one.type === 'section') return [one.text.text];
  return one.type === 'context' ? one.elements.map((element) => element.text) : [];
}

/** A message as one reads it: its texts line by line, buttons in brackets with what they say. */
export function readable(sent: Pick<Message, 'text' | 'blocks'>): string {
  const lines = message.parse(sent).blocks.flatMap((one) => {
    if (one.type !== 'actions') return textsOf(one);
    return [one.elements.map((element) => `[${element.text.text} → ${element.value}${element.confirm ? ' ?' : ''}]`).join(' ')];
  });
  return [`(${sent.text})`, ...lines].join('\n');
}
