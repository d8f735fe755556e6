import { Check, isObject } from './check.ts';
import { checkElement, checkImage } from './elements.ts';
import { SlackError } from './errors.ts';
import type { Block, JsonObject } from './model.ts';

/** Blocks of a message, and the characters of all of them as JSON, as people have measured it: slackapi/bolt-js issues 2509 and 2867. */
const mostInMessage = 50;
const mostCharacters = 13_200;

type Rule = (check: Check, block: JsonObject, pointer: string) => void;

const richTextParts = ['rich_text_section', 'rich_text_list', 'rich_text_quote', 'rich_text_preformatted'];

const loose: Rule = () => {};

/** The blocks that a message, a modal or a Home tab may hold. Limits: docs.slack.dev/reference/block-kit/blocks. */
const rules: { readonly [type: string]: Rule } = {
  section(check, block, pointer) {
    check.text(block, 'text', pointer, { max: 3000, required: block.fields === undefined });
    if (block.fields !== undefined) {
      for (const [field, at] of check.items(block, 'fields', pointer, [1, 10])) check.textObject(field, at, { max: 2000 });
    }
    const accessory = block.accessory;
    if (isObject(accessory)) checkElement(check, accessory, `${pointer}/accessory`, 'accessory');
    else if (accessory !== undefined) check.fail('must provide an object', `${pointer}/accessory`);
  },
  header: (check, block, pointer) => check.text(block, 'text', pointer, { max: 150, plain: true, required: true }),
  context(check, block, pointer) {
    for (const [element, at] of check.items(block, 'elements', pointer, [1, 10])) {
      if (element.type === 'image') checkImage(check, element, at);
      else check.textObject(element, at, { max: 3000 });
    }
  },
  actions(check, block, pointer) {
    const seen = new Set<unknown>();
    for (const [element, at] of check.items(block, 'elements', pointer, [1, 25])) {
      checkElement(check, element, at, 'actions');
      const id = element.action_id;
      if (id !== undefined && seen.has(id)) check.fail(`\`action_id\` "${String(id)}" already exists`, `${at}/action_id`);
      seen.add(id);
    }
  },
  divider: loose,
  image(check, block, pointer) {
    checkImage(check, block, pointer);
    check.text(block, 'title', pointer, { max: 2000, plain: true });
  },
  input(check, block, pointer) {
    check.text(block, 'label', pointer, { max: 2000, plain: true, required: true });
    check.text(block, 'hint', pointer, { max: 2000, plain: true });
    const element = block.element;
    if (isObject(element)) checkElement(check, element, `${pointer}/element`, 'input');
    else check.fail('missing required field: element', pointer);
  },
  rich_text(check, block, pointer) {
    for (const [part, at] of check.items(block, 'elements', pointer, [0, 1000])) {
      if (!richTextParts.includes(String(part.type))) check.fail(`unsupported type: ${String(part.type)}`, `${at}/type`);
      check.items(part, 'elements', at, [0, 1000]);
    }
  },
  markdown: (check, block, pointer) => check.string(block, 'text', pointer, 12_000, true),
  table(check, block, pointer) {
    const rows = block.rows;
    if (!Array.isArray(rows)) {
      check.fail('missing required field: rows', pointer);
      return;
    }
    if (rows.length > 100) check.fail('no more than 100 items allowed', `${pointer}/rows`);
    for (const [index, row] of rows.entries()) {
      if (Array.isArray(row) && row.length > 20) check.fail('no more than 20 items allowed', `${pointer}/rows/${index}`);
    }
  },
  context_actions: (check, block, pointer) => void check.items(block, 'elements', pointer, [1, 5]),
  file: loose,
  video: loose,
};

function checkBlock(check: Check, block: JsonObject, pointer: string): void {
  const type = String(block.type);
  const rule = Object.hasOwn(rules, type) ? rules[type] : undefined;
  if (!rule) {
    check.fail(`unsupported type: ${type}`, `${pointer}/type`);
    return;
  }
  check.string(block, 'block_id', pointer, 255);
  rule(check, block, pointer);
}

/** What is wrong with these blocks, each as `message [json-pointer:/blocks/…]`; empty where Slack would take them. */
export function blockProblems(blocks: readonly unknown[], most: number): string[] {
  const check = new Check();
  if (blocks.length > most) check.fail(`no more than ${most} items allowed`, '/blocks');
  const seen = new Set<unknown>();
  for (const [index, block] of blocks.entries()) {
    const pointer = `/blocks/${index}`;
    if (!isObject(block)) {
      check.fail('must provide an object', pointer);
      continue;
    }
    checkBlock(check, block, pointer);
    const id = block.block_id;
    if (id !== undefined && seen.has(id)) check.fail(`\`block_id\` "${String(id)}" already exists`, `${pointer}/block_id`);
    seen.add(id);
  }
  return check.problems;
}

const withIds = (item: JsonObject, key: string, newId: () => string): JsonObject => (item[key] ? item : { ...item, [key]: newId() });

function fillIds(block: JsonObject, newId: () => string): Block {
  const filled: { [key: string]: unknown } = { ...withIds(block, 'block_id', newId) };
  const elements = filled.elements;
  if (filled.type === 'actions' && Array.isArray(elements)) filled.elements = elements.map((one) => withIds(one, 'action_id', newId));
  for (const key of ['accessory', 'element']) {
    const one = filled[key];
    if (isObject(one) && one.type !== 'image') filled[key] = withIds(one, 'action_id', newId);
  }
  return { ...filled, type: String(filled.type) };
}

/** Checks blocks as Slack does and fills in missing ids; throws `invalid_blocks` with every detail, or `msg_blocks_too_long`. */
export function acceptBlocks(value: unknown, most: number, newId: () => string): Block[] {
  if (!Array.isArray(value)) throw new SlackError('invalid_blocks_format');
  const problems = blockProblems(value, most);
  if (problems.length > 0) {
    const messages = problems.map((text) => `[ERROR] ${text}`);
    throw new SlackError('invalid_blocks', { errors: problems, response_metadata: { messages } });
  }
  if (most <= mostInMessage && JSON.stringify(value).length > mostCharacters) throw new SlackError('msg_blocks_too_long');
  const markdown = value.filter((block) => block.type === 'markdown').reduce((sum, block) => sum + block.text.length, 0);
  if (markdown > 12_000) throw new SlackError('msg_blocks_too_long');
  return value.map((block) => fillIds(block, newId));
}

/** The markup in blocks where a mention would ring somebody: mrkdwn texts, and user or broadcast parts of rich text. */
export function markupIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(markupIn);
  if (!isObject(value)) return [];
  const { type, text } = value;
  if (type === 'mrkdwn' && typeof text === 'string') return [text];
  if (type === 'markdown' && typeof text === 'string') return [text];
  if (type === 'broadcast') return [`<!${String(value.range)}>`];
  if (type === 'user' && value.user_id) return [`<@${String(value.user_id)}>`];
  if (type === 'usergroup') return [`<!subteam^${String(value.usergroup_id)}>`];
  return Object.values(value).flatMap(markupIn);
}
