import { messageOf } from '../core/errors.ts';
import { longestText } from './budget.ts';
import { evaluate, Frame, missing } from './evaluate.ts';
import type { Host } from './function.ts';
import type { Node, PrintNode, RangeNode, SetNode, Template } from './syntax.ts';
import { Complaint, placeOf, TemplateError } from './template-error.ts';
import { textOf } from './text-of.ts';
import { isMap, isTrue, kindOf, Missing, sortedKeys } from './values.ts';

/** What outside gives to a rendering: environment, clock, identifiers. None of them is there unless handed in. */
export type RenderOptions = Host;

/**
 * The text of a template with the values at its dot. The same values and options give the same text.
 * @throws TemplateError for a missing key that reaches the text, a wrong argument, and whatever the template itself refuses.
 */
export function render(template: Template, values: Readonly<Record<string, unknown>>, options: RenderOptions = {}): string {
  try {
    const output = new Output();
    renderNodes(template.nodes, values, new Frame(values, options), output);
    return output.text();
  } catch (error) {
    if (error instanceof Complaint) throw new TemplateError(template.name, placeOf(template.text, error.at), error.message);
    throw error;
  }
}

class Output {
  readonly #parts: string[] = [];
  #length = 0;

  add(text: string, at: number): void {
    this.#length += text.length;
    if (this.#length > longestText) throw new Complaint(at, `the text grows beyond ${longestText} characters`);
    this.#parts.push(text);
  }

  text(): string {
    return this.#parts.join('');
  }
}

type Jump = 'break' | 'continue' | undefined;

/** Variables that the nodes declare are gone afterwards. */
function renderNodes(nodes: readonly Node[], dot: unknown, frame: Frame, output: Output): Jump {
  const outer = frame.variables.length;
  let jump: Jump;
  for (const node of nodes) {
    jump = renderNode(node, dot, frame, output);
    if (jump) break;
  }
  frame.variables.length = outer;
  return jump;
}

function renderNode(node: Node, dot: unknown, frame: Frame, output: Output): Jump {
  if (node.kind === 'text') {
    output.add(node.text, node.at);
    return undefined;
  }
  frame.budget.step(node.at);
  switch (node.kind) {
    case 'print':
      output.add(printed(node, evaluate(node.pipe, dot, frame), frame), node.at);
      return undefined;
    case 'set':
      set(node, evaluate(node.pipe, dot, frame), frame);
      return undefined;
    case 'break':
    case 'continue':
      return node.kind;
    case 'range':
      return renderRange(node, dot, frame, output);
    default: {
      const value = evaluate(node.pipe, dot, frame);
      const inner = node.kind === 'with' && isTrue(value) ? value : dot;
      return scoped(frame, node.variables, [value], () => renderNodes(isTrue(value) ? node.body : node.otherwise, inner, frame, output));
    }
  }
}

function printed(node: PrintNode, value: unknown, { budget }: Frame): string {
  if (value instanceof Missing) throw missing(value);
  if (value === null || value === undefined) throw new Complaint(node.at, 'this value is null and has no text; use default to give one');
  if (typeof value === 'string') return value;
  try {
    return textOf(value, (characters) => budget.spend(characters, node.at));
  } catch (error) {
    throw error instanceof Complaint ? error : new Complaint(node.at, messageOf(error));
  }
}

function set(node: SetNode, value: unknown, frame: Frame): void {
  const existing = node.declare ? undefined : frame.variable(node.name);
  if (existing) existing.value = value;
  else frame.declare(node.name, value, node.at);
}

/** Runs a block with its variables, the last of the values for the last of the names. */
function scoped(frame: Frame, names: readonly string[], values: readonly unknown[], run: () => Jump): Jump {
  const outer = frame.variables.length;
  const skip = values.length - names.length;
  for (const [index, name] of names.entries()) frame.variables.push({ name, value: values[index + Math.max(0, skip)] });
  const jump = run();
  frame.variables.length = outer;
  return jump;
}

function renderRange(node: RangeNode, dot: unknown, frame: Frame, output: Output): Jump {
  const value = evaluate(node.pipe, dot, frame);
  if (value instanceof Missing) throw missing(value);
  let empty = true;
  for (const [key, element] of elements(value, node.pipe.at, frame)) {
    empty = false;
    frame.budget.step(node.at);
    if (scoped(frame, node.variables, [key, element], () => renderNodes(node.body, element, frame, output)) === 'break') break;
  }
  return empty ? renderNodes(node.otherwise, dot, frame, output) : undefined;
}

/** What a key costs that is sorted among ten thousand others, in characters. */
const sortingCost = 16;

/** Lists in their order, maps by their keys in order, a number n as 0 to n - 1. */
function* elements(value: unknown, at: number, { budget }: Frame): Generator<readonly [unknown, unknown]> {
  if (value === null) return;
  if (Array.isArray(value)) yield* value.entries();
  else if (isMap(value)) {
    budget.spend(sortingCost * Object.keys(value).length, at);
    for (const key of sortedKeys(value)) yield [key, value[key]];
  } else if (typeof value === 'number' && Number.isInteger(value)) for (let index = 0; index < value; index++) yield [index, index];
  else throw new Complaint(at, `range goes over a list or a map, found ${kindOf(value)}`);
}
