import test from 'ava';
import { toObjects } from '../../src/templates/objects.ts';
import { parseTemplate } from '../../src/templates/parse.ts';
import { render } from '../../src/templates/render.ts';
import { TemplateError } from '../../src/templates/template-error.ts';

/** Numbers that look random and are the same each time (mulberry32). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

function textOf(pieces: readonly string[], next: (below: number) => number): string {
  let text = '';
  for (let left = next(30); left > 0; left--) text += pieces[next(pieces.length)] ?? '';
  return text;
}

const plain = ['a', ' ', '\n', '\t', '{', '}', '}}', '- ', '-', '"', "'", '`', '\\', 'ä', '😀', '$', '/*', '*/', ': ', '\u0000', '\ud800'];
const pieces = [
  ...plain,
  ...[
    '{{',
    '{{ ',
    ' }}',
    '{{- ',
    ' -}}',
    'if ',
    'else ',
    'end',
    'range ',
    'with ',
    'define "x"',
    'template "x"',
    'block "x"',
    'include "x" ',
    '.A',
    '.B.C',
    '$x',
    ' := ',
    ' | ',
    '(',
    ')',
    ', ',
    'nil',
  ],
  ...[
    'quote ',
    'default ',
    'printf ',
    'index ',
    'eq ',
    'toYaml ',
    '"%d%s"',
    '"x"',
    '1',
    '-2.5',
    '0x',
    'split ',
    'indent ',
    'replace ',
    'true',
  ],
];

test('text without {{ renders to itself', (t) => {
  const next = numbers(1);
  for (let round = 0; round < 5000; round++) {
    const text = textOf(plain, next);
    if (text.includes('{{')) continue;
    t.is(render(parseTemplate('x', text), {}), text);
  }
});

test('whatever the template, errors are template errors with a place inside it', (t) => {
  const next = numbers(2);
  const seen = { rendered: 0, refused: 0 };
  for (let round = 0; round < 8_000; round++) {
    const text = textOf(pieces, next);
    try {
      toObjects('x', render(parseTemplate('x', text), { A: 'a', B: { C: [1, { D: null }] } }));
      seen.rendered++;
    } catch (error) {
      if (!(error instanceof TemplateError)) return t.fail(`${JSON.stringify(text)}: ${error}`);
      if (error.line < 1 || error.column < 1) return t.fail(`${JSON.stringify(text)}: ${error.message}`);
      seen.refused++;
    }
  }
  t.true(seen.rendered > 100 && seen.refused > 1000, JSON.stringify(seen));
});

test('a template of 500 lines renders in a few milliseconds', (t) => {
  const line = '  name: {{ .A | default "x" | quote }} # {{ if .B.C }}{{ index .B.C 0 }}{{ end }}\n';
  const text = line.repeat(500);
  const values = { A: 'a', B: { C: [1] } };
  for (let warm = 0; warm < 5; warm++) render(parseTemplate('x', text), values);
  // What this thread computes, not the time that goes by: a machine that is busy makes it wait. Told in ticks of some milliseconds, hence the many rounds.
  const before = process.threadCpuUsage();
  for (let round = 0; round < 30; round++) render(parseTemplate('x', text), values);
  const { user, system } = process.threadCpuUsage(before);
  const each = (user + system) / 1000 / 30;
  t.log(`${each.toFixed(1)} ms`);
  t.true(each > 0 && each < 50, `${each} ms`);
});
