import test, { type ExecutionContext } from 'ava';
import { parseTemplate } from '../../src/templates/parse.ts';
import { type RenderOptions, render } from '../../src/templates/render.ts';

const options: RenderOptions = {
  env: { HOME: '/home/ada', EMPTY: '' },
  now: () => new Date('2020-11-18T10:11:12.500Z'),
  uuid: () => '6f1e54f3-2b5c-4a59-9d3c-0f4f3c1f0001',
};

function renders(t: ExecutionContext, template: string, values: Record<string, unknown>, expected: string): void {
  t.is(render(parseTemplate('t.yaml', template), values, options), expected);
}

const git = { duat: { gitBranch: 'feature/a-b', gitHash: '3f2a1bc' } };

test('a field', renders, 'a {{ .X.Y }} b{{.Z}}', { X: { Y: 'é' }, Z: 2 }, 'a é b2');
test('braces inside a string literal stay literal', renders, '{{ default "a-{{.b}}" .C }}', {}, 'a-{{.b}}');
test('braces inside a raw string', renders, '{{ `{{ "x" }}` }}', {}, '{{ "x" }}');
test('escapes of a string', renders, '{{ "\\x41\\u00e4\\U0001f600\\"\\\\\\t|\\xc3\\xa4|\\101" }}', {}, 'Aä😀"\\\t|ä|A');
test(
  'a variable keeps the value of its pipe',
  renders,
  '{{ $b := .duat.gitBranch | replace "/" "_" | replace "-" "_"}}image: {{ .Image | empty | ternary "repo:" "" }}{{ .Image | empty | ternary $b .Image }}',
  git,
  'image: repo:feature_a_b',
);
test('an assignment in a block changes the outer variable', renders, '{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ end }}{{ $x }}', {}, '2');
test('a declaration in a block ends with it', renders, '{{ $x := 1 }}{{ if true }}{{ $x := 2 }}{{ end }}{{ $x }}', {}, '1');
test('$ is the values as a whole', renders, '{{ with .A }}{{ .B }}{{ $.C }}{{ end }}', { A: { B: 1 }, C: 2 }, '12');
test('if, else if, else', renders, '{{ if .A }}a{{ else if eq .B 1 2 }}b{{ else }}c{{ end }}', { B: 2 }, 'b');
test('a missing key is false', renders, '{{ if .A.B.C }}x{{ else }}y{{ end }}{{ if not .Q }}z{{ end }}', { A: {} }, 'yz');
test(
  'a missing key has a default',
  renders,
  '{{ .A.B | default "d" }}{{ default 1 .C }}{{ or .A .C "o" }}{{ and .A 1 | empty }}',
  {},
  'd1otrue',
);
test('and stops at the first false argument', renders, '{{ and .A (fail "no") | empty }}{{ or 1 (fail "no") }}', {}, 'true1');
test('with moves the dot; its else keeps it', renders, '{{ with .A }}{{ . }}{{ else }}{{ .B }}{{ end }}', { B: 'b' }, 'b');
test('with a variable', renders, '{{ with $x := .A }}{{ $x.B }}{{ end }}', { A: { B: 'b' } }, 'b');
test('range over a list', renders, '{{ range $i, $v := .L }}{{ $i }}={{ $v }};{{ end }}', { L: ['a', 'b'] }, '0=a;1=b;');
test('range over a map in the order of its keys', renders, '{{ range $k, $v := . }}{{ $k }}{{ $v }}{{ end }}', { b: 1, a: 2 }, 'a2b1');
test('range over nothing', renders, '{{ range .L }}x{{ else }}none{{ end }}', { L: [] }, 'none');
test(
  'break and continue',
  renders,
  '{{ range 5 }}{{ if eq . 1 }}{{ continue }}{{ end }}{{ if gt . 2 }}{{ break }}{{ end }}{{ . }}{{ end }}',
  {},
  '02',
);
test('trim markers', renders, 'a \n {{- 1 -}} \t b{{ -3 }} {{- /* c */ -}} d', {}, 'a1b-3d');
test('a comment', renders, 'a{{/* b }} {{ c */}}d', {}, 'ad');
test('an action over several lines', renders, '{{ printf\n  "%s"\n  .A }}', { A: 'a' }, 'a');
test(
  'fields of an expression',
  renders,
  '{{ (index .L 1).N }}{{ index .M "a-b" "c" }}',
  { L: [{}, { N: 'n' }], M: { 'a-b': { c: 1 } } },
  'n1',
);
test('numbers', renders, '{{ 0x1F }} {{ 0o17 }} {{ 017 }} {{ 1_000 }} {{ 1.5e3 }} {{ .F }}', { F: 0.00001 }, '31 15 15 1000 1500 1e-05');
test('quote and squote', renders, '{{ quote .A 1 nil }} {{ squote "b" }}', { A: 'x"\n\u0001' }, '"x\\"\\n\\x01" "1" \'b\'');
test('upper, lower, trim', renders, '{{ upper "a" }}{{ lower "B" }}{{ trim " c\\n" }}', {}, 'Abc');
test('ternary takes its test last', renders, '{{ ternary "y" "n" true }}{{ false | ternary "y" "n" }}', {}, 'yn');
test('eq, ne, len', renders, '{{ eq 1 2 1 }}{{ ne "a" "b" }}{{ len "ä" }}{{ len .L }}{{ eq nil nil }}', { L: [1] }, 'truetrue21true');
test(
  'printf',
  renders,
  '{{ printf "%05d|%-4s|%q|%v|%t|%.2f|%x|%%" 42 "a" "b\\"" .L true 1.5 255 }}',
  { L: [1, 'b'] },
  '00042|a   |"b\\""|[1 b]|true|1.50|ff|%',
);
test('base64', renders, '{{ "ä" | b64enc }}{{ b64dec "w6Q=" }}', {}, 'w6Q=ä');
test(
  'toJson and toYaml',
  renders,
  '{{ toJson .A }}\n{{- toYaml .A | nindent 2 }}',
  { A: { b: [1], a: 'x: y' } },
  '{"a":"x: y","b":[1]}\n  a: "x: y"\n  b:\n    - 1',
);
test('print puts a space between what is no text', renders, '{{ print 1 2 "a" 3 true }}', {}, '1 2a3 true');
test('toJson keeps JSON safe in HTML', renders, '{{ toJson .A }}', { A: '<a&b>' }, '"\\u003ca\\u0026b\\u003e"');
test('indent', renders, '{{ indent 2 "a\\nb" }}', {}, '  a\n  b');
test(
  'join, split, splitList',
  renders,
  '{{ join "-" .L }}{{ (split "/" "a/b")._1 }}{{ splitList "/" "a/b" | join "+" }}',
  { L: [1, null, 'x'] },
  '1-xba+b',
);
test(
  'env and expandenv',
  renders,
  '{{ env "HOME" }} {{ env "PATH" | default "none" }} {{ expandenv (print "$HOME/$" "{EMPTY}x$PATH") }}',
  {},
  '/home/ada none /home/ada/x',
);
test(
  'now and uuidv4 come from outside',
  renders,
  '{{ now }} {{ uuidv4 }}',
  {},
  '2020-11-18 10:11:12.5 +0000 UTC 6f1e54f3-2b5c-4a59-9d3c-0f4f3c1f0001',
);
test('required lets a value through', renders, '{{ required "no" .A }}', { A: 0 }, '0');
test('shell and Go braces outside of actions are text', renders, 'a } } { { %{x} $Y }}', {}, 'a } } { { %{x} $Y }}');
