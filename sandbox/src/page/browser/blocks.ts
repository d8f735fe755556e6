import { memo, type ReactElement, type ReactNode } from 'react';
import { type Block as LibraryBlock, Message } from 'slack-blocks-to-jsx';
import type { Block, JsonObject } from '../../slack/model.ts';
import { type OnPress, useConfirm } from './confirm.ts';
import { h } from './h.ts';
import { Menu } from './menu.ts';
import { type Part, richText } from './mrkdwn.ts';
import { useNames } from './names.ts';

const object = (value: unknown): JsonObject | undefined =>
  typeof value === 'object' && value !== null ? (value as JsonObject) : undefined;
const objects = (value: unknown): JsonObject[] => (Array.isArray(value) ? value.map(object).filter((one) => one !== undefined) : []);

/** The text of a text object as rich text: mrkdwn is read, plain_text stands as it is. */
function partsOf(text: JsonObject): readonly Part[] {
  const words = String(text.text ?? '');
  return text.type === 'mrkdwn' ? richText(words) : [{ type: 'rich_text_section', elements: [{ type: 'text', text: words }] }];
}

/** One block by the library. */
function Library({ block }: { block: JsonObject }): ReactElement {
  const names = useNames();
  const users = names.users.map(({ id, name }) => ({ id, name }));
  const groups = names.groups.map(({ id, handle }) => ({ id, name: handle }));
  const channels = names.channels.map(({ id, name }) => ({ id, name }));
  // The types of the library and of the stand-in describe the same JSON; the library ignores what it does not know.
  const blocks = [block as unknown as LibraryBlock];
  return h(Message, {
    blocks,
    logo: '',
    name: '',
    withoutWrapper: true,
    theme: 'light',
    data: { users, channels, user_groups: groups },
    hooks: hooks,
  });
}

const hooks = {
  link: ({ href, children }: { href: string; children: ReactNode }) =>
    h('a', { href, target: '_blank', rel: 'noopener noreferrer' }, children),
  // The library shows an emoji that it does not know as its bare name; Slack keeps the colons.
  emoji: (emoji: { name: string }, parse: (emoji: { name: string }) => string) => {
    const sign = parse(emoji);
    return sign === emoji.name ? `:${emoji.name}:` : sign;
  },
};

/** A text object, exactly as it reads in Slack. */
function Text({ text }: { text: JsonObject }): ReactElement {
  return h(Library, { block: { type: 'rich_text', elements: partsOf(text) } });
}

/** The library gives a button its action_id as DOM id; prefixed with the block it names exactly one button. */
const separator = '\u241f';

function Elements({ block, elements, onPress }: { block: Block; elements: readonly JsonObject[]; onPress: OnPress }): ReactElement {
  const blockId = block.block_id ?? '';
  const buttons = elements.filter((one) => one.type === 'button');
  const shown = buttons.map(({ confirm: _confirm, url: _url, ...one }) => ({
    ...one,
    action_id: `${blockId}${separator}${String(one.action_id)}`,
  }));
  const clicked = (event: { target: EventTarget }) => {
    const id = event.target instanceof Element ? event.target.closest('button')?.id : undefined;
    const element = buttons.find((one) => `${blockId}${separator}${String(one.action_id)}` === id);
    if (element) onPress({ block: blockId, action: String(element.action_id) }, element);
  };
  const menus = elements.filter((one) => one.type !== 'button');
  return h(
    'div',
    { className: 'elements', onClick: clicked },
    shown.length > 0 ? h(Library, { block: { type: 'actions', block_id: blockId, elements: shown } }) : null,
    menus.map((element, index) =>
      h(Menu, { key: index, element, onChoose: (option) => onPress({ block: blockId, action: String(element.action_id), option }) }),
    ),
  );
}

function Section({ block, onPress }: { block: Block; onPress: OnPress }): ReactElement {
  const text = object(block.text);
  const accessory = object(block.accessory);
  const fields = objects(block.fields);
  return h(
    'div',
    { className: 'block-section' },
    h(
      'div',
      { className: 'block-text' },
      text ? h(Text, { text }) : null,
      fields.length > 0
        ? h(
            'div',
            { className: 'block-fields' },
            fields.map((field, index) => h(Text, { key: index, text: field })),
          )
        : null,
    ),
    accessory?.type === 'image'
      ? h('img', { className: 'block-accessory', src: String(accessory.image_url), alt: String(accessory.alt_text) })
      : null,
    accessory && accessory.type !== 'image' ? h(Elements, { block, elements: [accessory], onPress }) : null,
  );
}

function Context({ block }: { block: Block }): ReactElement {
  const elements = objects(block.elements).map((one, index) =>
    one.type === 'image'
      ? h('img', { key: index, src: String(one.image_url), alt: String(one.alt_text) })
      : h(Text, { key: index, text: one }),
  );
  return h('div', { className: 'block-context' }, elements);
}

function OneBlock({ block, onPress }: { block: Block; onPress: OnPress }): ReactElement {
  switch (block.type) {
    case 'section':
      return h(Section, { block, onPress });
    case 'context':
      return h(Context, { block });
    case 'header':
      return h('h3', { className: 'block-header' }, h(Text, { text: object(block.text) ?? {} }));
    case 'actions':
      return h(Elements, { block, elements: objects(block.elements), onPress });
    case 'divider':
      return h('hr', { className: 'block-divider' });
    default:
      return h(Library, { block });
  }
}

/**
 * Block Kit: the library renders texts, buttons and every other block; what it would change or swallow is prepared here.
 * Rendered again only where the blocks themselves change.
 */
export const Blocks = memo(function Blocks({ blocks, onPress }: { blocks: readonly Block[]; onPress: OnPress }): ReactElement {
  const { press, question } = useConfirm(blocks, onPress);
  return h(
    'div',
    { className: 'blocks' },
    blocks.map((block, index) => h(OneBlock, { key: block.block_id ?? index, block, onPress: press })),
    question,
  );
});
