import { messageOf } from '../core/errors.ts';
import { Budget } from './budget.ts';
import { quoted, unknownTemplate } from './definitions.ts';
import { evaluate, missing } from './evaluate.ts';
import { Frame, type Rendering } from './frame.ts';
import type { Host } from './function.ts';
import { Output } from './output.ts';
import type { Block, Node, PrintNode, RangeNode, Target, Template, TemplateNode } from './syntax.ts';
import { Complaint } from './template-error.ts';
import { textOf } from './text-of.ts';
import { isMap, isTrue, kindOf, Missing, sortedKeys } from './values.ts';

/** External inputs of a rendering: environment, clock, identifiers. Each is absent unless passed in. */
export type RenderOptions = Host;

/**
 * The text of a template with the values as its dot. The same values and options produce the same text.
 * @throws TemplateError for a missing key that reaches the text, an invalid argument, and any error that the template itself raises.
 */
export function render(template: Template, values: Readonly<Record<string, unknown>>, options: RenderOptions = {}): string {
  try {
    const output = new Output();
    renderNodes(template.nodes, values, new Frame(values, renderingOf(template, options)), output);
    return output.text();
  } catch (error) {
    throw error instanceof Complaint ? template.sources.errorOf(error) : error;
  }
}

function renderingOf(template: Template, host: Host): Rendering {
  const budget = new Budget();
  const rendering: Rendering = {
    host,
    budget,
    write(name, dot, at, output) {
      const nodes = template.definitions.get(name)?.nodes;
      if (!nodes) throw new Complaint(at, unknownTemplate(name, template));
      budget.enter(at);
      renderNodes(nodes, dot, new Frame(dot, rendering), output);
      budget.leave();
    },
  };
  return rendering;
}

type Jump = 'break' | 'continue' | undefined;

/** Variables that the nodes declare go out of scope afterwards. */
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
      set(node.target, evaluate(node.pipe, dot, frame), node.at, frame);
      return undefined;
    case 'template':
      callTemplate(node, dot, frame, output);
      return undefined;
    case 'break':
    case 'continue':
      return node.kind;
    case 'range':
      return renderRange(node, dot, frame, output);
    default: {
      const value = evaluate(node.pipe, dot, frame);
      const inner = node.kind === 'with' && isTrue(value) ? value : dot;
      return inBlock(node, [value], frame, () => renderNodes(isTrue(value) ? node.body : node.otherwise, inner, frame, output));
    }
  }
}

function printed(node: PrintNode, value: unknown, { budget }: Frame): string {
  if (value instanceof Missing) throw missing(value);
  if (value === null || value === undefined) throw new Complaint(node.at, 'this value is null and has no text; use default to provide one');
  if (typeof value === 'string') return value;
  try {
    return textOf(value, (characters) => budget.spend(characters, node.at));
  } catch (error) {
    throw error instanceof Complaint ? error : new Complaint(node.at, messageOf(error));
  }
}

function set({ name, declare }: Target, value: unknown, at: number, frame: Frame): void {
  const existing = declare ? undefined : frame.variable(name);
  if (existing) existing.value = value;
  else frame.declare(name, value, at);
}

function callTemplate({ name, at, target, pipe }: TemplateNode, dot: unknown, frame: Frame, output: Output): void {
  const value = pipe ? evaluate(pipe, dot, frame) : nothingFor(name, at);
  if (target) set(target, value, at, frame);
  frame.rendering.write(name, value, at, output);
}

/** The dot of a template that is called without a value. */
function nothingFor(name: string, at: number): Missing {
  const why = `${quoted(name)} is called without a value for its dot: {{ template ${quoted(name)} . }} passes the current one`;
  return new Missing({ path: '.', name: '', at, names: () => [], why });
}

/** Runs a block with its variables; the last value goes to the last name. */
function inBlock({ variables, at }: Block, values: readonly unknown[], frame: Frame, run: () => Jump): Jump {
  const outer = frame.variables.length;
  const skip = Math.max(0, values.length - variables.length);
  for (const [index, name] of variables.entries()) frame.variables.push({ name, value: values[index + skip] });
  frame.budget.enter(at);
  const jump = run();
  frame.budget.leave();
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
    if (inBlock(node, [key, element], frame, () => renderNodes(node.body, element, frame, output)) === 'break') break;
  }
  return empty ? inBlock({ ...node, variables: [] }, [], frame, () => renderNodes(node.otherwise, dot, frame, output)) : undefined;
}

/** The cost of sorting one key among ten thousand, in characters. */
const sortingCost = 16;

/** Lists in order, maps by sorted keys, a number n as 0 to n - 1. */
function* elements(value: unknown, at: number, { budget }: Frame): Generator<readonly [unknown, unknown]> {
  if (value === null) return;
  if (Array.isArray(value)) yield* value.entries();
  else if (isMap(value)) {
    budget.spend(sortingCost * Object.keys(value).length, at);
    for (const key of sortedKeys(value)) yield [key, value[key]];
  } else if (typeof value === 'number' && Number.isInteger(value)) for (let index = 0; index < value; index++) yield [index, index];
  else throw new Complaint(at, `range takes a list or a map, found ${kindOf(value)}`);
}
