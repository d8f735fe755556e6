import test, { type ExecutionContext } from 'ava';
import { parseTemplate } from '../../src/templates/parse.ts';
import { render } from '../../src/templates/render.ts';
import { TemplateError } from '../../src/templates/template-error.ts';

const values = { A: 'a', B: { A: 'ba' }, L: ['x', 'y'], T: { V: 1, Next: { V: 2, Next: { V: 3 } } } };

/** The last text is the template, those before it are its partials: `_0.tpl`, `_1.tpl` … */
function rendered(texts: readonly string[]): string {
  const partials = texts.slice(0, -1).map((text, index) => ({ name: `_${index}.tpl`, text }));
  return render(parseTemplate('job', texts.at(-1) ?? '', partials), values);
}

// What is expected is what Go's text/template gives, where its files are parsed in the same order.
function gives(t: ExecutionContext, texts: string | readonly string[], expected: string): void {
  t.is(rendered([texts].flat()), expected);
}

test(
  'a template with the dot that it is called with',
  gives,
  '{{ define "x" }}[{{ .A }}]{{ end }}{{ template "x" . }}{{ template "x" .B }}',
  '[a][ba]',
);
test('a template called before it is defined', gives, '{{ template `x` . }}{{ define "x" }}{{ .A }}{{ end }}', 'a');
test(
  '$ is what the template was called with',
  gives,
  '{{ define "x" }}{{ range $.L }}{{ $.A }}{{ end }}{{ end }}{{ template "x" . }}',
  'aa',
);
test(
  'a template called without a value has none',
  gives,
  '{{ define "x" }}{{ if . }}1{{ else }}0{{ end }}{{ .A | default "d" }}{{ end }}{{ template "x" }}',
  '0d',
);
test('a pipe as the value', gives, '{{ define "x" }}{{ . }}{{ end }}{{ template "x" .A | upper | printf "<%s>" }}', '<A>');
test('trim markers of definitions and calls', gives, 'a \n{{- define "x" -}} \n b \n {{- end -}}\n c {{- template "x" -}} d', 'acbd');
test('a definition writes nothing where it stands, but for the text around it', gives, '1\n{{ define "x" }}{{ end }}\n2', '1\n\n2');
test('variables of the call are its own', gives, '{{ define "x" }}{{ $v := 2 }}{{ end }}{{ $v := 1 }}{{ template "x" }}{{ $v }}', '1');
test(
  'a variable that is set in a call persists at its place',
  gives,
  '{{ define "x" }}{{ . }}{{ end }}{{ template "x" $v := .A }}{{ $v }}',
  'aa',
);
test(
  'loops of the call are its own',
  gives,
  '{{ define "x" }}{{ range . }}{{ . }}{{ break }}{{ end }}{{ end }}{{ range 2 }}{{ template "x" $.L }}{{ end }}',
  'xx',
);
test(
  'a template that calls itself',
  gives,
  '{{ define "x" }}{{ .V }}{{ with .Next }},{{ template "x" . }}{{ end }}{{ end }}{{ template "x" .T }}',
  '1,2,3',
);
test(
  'a template that calls another one',
  gives,
  '{{ define "x" }}{{ template "y" .B }}{{ end }}{{ define "y" }}{{ .A }}{{ end }}{{ template "x" . }}',
  'ba',
);
test('a block defines and calls', gives, '{{ block "x" .B }}[{{ .A }}]{{ end }}{{ template "x" . }}', '[ba][a]');
test(
  'a block in a loop, in a definition and in a block',
  gives,
  '{{ define "x" }}{{ range .L }}{{ block "y" . }}<{{ block "z" . }}{{ . }}{{ end }}>{{ end }}{{ end }}{{ end }}{{ template "x" . }}',
  '<x><y>',
);
test('the template of a partial', gives, ['{{ define "x" }}{{ .A }}{{ end }}', '{{ template "x" . }}'], 'a');
test(
  'a partial that uses another one',
  gives,
  ['{{ define "x" }}{{ template "y" . }}{{ end }}', '{{ define "y" }}{{ .A }}{{ end }}', '{{ template "x" . }}'],
  'a',
);
test('what a partial writes outside of definitions is not written', gives, ['lost{{ define "x" }}x{{ end }}', '{{ template "x" }}'], 'x');
test('its text is the template of its name', gives, ['p{{ .A }}', '{{ template "_0.tpl" . }}'], 'pa');
test('a later partial replaces', gives, ['{{ define "x" }}1{{ end }}', '{{ define "x" }}2{{ end }}', '{{ template "x" }}'], '2');
test('the template itself replaces', gives, ['{{ define "x" }}1{{ end }}', '{{ define "x" }}2{{ end }}{{ template "x" }}'], '2');
test(
  'a block of a partial is replaced by a definition',
  gives,
  ['{{ define "x" }}<{{ block "y" . }}1{{ end }}>{{ end }}', '{{ define "y" }}{{ .A }}{{ end }}{{ template "x" . }}'],
  '<a>',
);
test('a block replaces the definition of a partial', gives, ['{{ define "x" }}1{{ end }}', '{{ block "x" . }}2{{ end }}'], '2');
test(
  'an empty definition replaces nothing',
  gives,
  ['{{ define "x" }}1{{ end }}', '{{ define "x" }} \n{{/* nothing */}}\u0085{{ end }}{{ template "x" }}'],
  '1',
);
test(
  'in one file, neither before nor behind another one',
  gives,
  '{{ define "x" }} {{ end }}{{ define "x" }}1{{ end }}{{ define "x" }}{{ end }}{{ template "x" }}',
  '1',
);
test('an empty definition alone is one', gives, '{{ define "x" }}{{ end }}[{{ template "x" }}]', '[]');
test(
  'a text that is no white space is no empty definition',
  gives,
  ['{{ define "x" }}1{{ end }}', '{{ define "x" }}\ufeff{{ end }}{{ template "x" }}'],
  '\ufeff',
);
test(
  'a name that is no word',
  gives,
  '{{ define "a b/ä.tpl" }}1{{ end }}{{ define "" }}2{{ end }}{{ template "a b/ä.tpl" }}{{ template "" }}',
  '12',
);
test('a template that is not there is no mistake where it is not called', gives, '{{ if false }}{{ template "nowhere" . }}{{ end }}', '');
test(
  'include gives the text of a template to other functions',
  gives,
  '{{ define "x" }}a\n{{ .A }}{{ end }}{{ include "x" . | nindent 2 }}',
  '\n  a\n  a',
);
test('include takes a name that is computed', gives, '{{ define "x-a" }}1{{ end }}{{ include (printf "x-%s" .A) . }}', '1');
test('include takes a value that may be absent', gives, '{{ define "x" }}{{ . | default "d" }}{{ end }}{{ include "x" .Q }}', 'd');
test(
  'ten thousand definitions',
  gives,
  [Array.from({ length: 10_000 }, (_, n) => `{{ define "n${n}" }}${n}{{ end }}`).join('\n'), '{{ template "n9999" }}'],
  '9999',
);

function refuses(t: ExecutionContext, texts: string | readonly string[], place: string, reason: RegExp): void {
  const error = t.throws(() => rendered([texts].flat()), { instanceOf: TemplateError });
  t.is(`${error.template}:${error.line}:${error.column}`, place);
  t.is(error.message, `${place}: ${error.reason}`);
  t.regex(error.reason, reason);
}

test('a definition that is never closed', refuses, 'a\n{{ define "x" }}{{ if 1 }}{{ end }}', 'job:2:1', /\{\{ define }} is never closed/);
test('a block that is never closed', refuses, '{{ block "x" . }}', 'job:1:1', /\{\{ block }} is never closed/);
test('a definition within if', refuses, '{{ if 1 }}{{ define "x" }}{{ end }}{{ end }}', 'job:1:11', /at the top level of a file/);
test(
  'a definition within a definition',
  refuses,
  '{{ define "x" }}{{ define "y" }}{{ end }}{{ end }}',
  'job:1:17',
  /at the top level of a file/,
);
test(
  'a definition within a block',
  refuses,
  '{{ block "x" . }}{{ define "y" }}{{ end }}{{ end }}',
  'job:1:18',
  /at the top level of a file/,
);
test('a definition with else', refuses, '{{ define "x" }}{{ else }}{{ end }}', 'job:1:20', /has no \{\{ else }}/);
test('an end too many', refuses, '{{ define "x" }}{{ end }}{{ end }}', 'job:1:29', /\{\{ end }} without an open/);
test('a definition with a value', refuses, '{{ define "x" . }}{{ end }}', 'job:1:15', /expected the end of the action/);
test('a definition without a name', refuses, '{{ define }}{{ end }}', 'job:1:11', /\{\{ define }} needs a name in quotes$/);
test('a name that is a word', refuses, '{{ template x . }}', 'job:1:13', /needs a name in quotes; \{\{ include }} accepts a computed name/);
test('a name that is a value', refuses, '{{ template .A . }}', 'job:1:13', /needs a name in quotes/);
test('a name in parentheses', refuses, '{{ block ("x") . }}{{ end }}', 'job:1:10', /needs a name in quotes/);
test('a name that is not apart', refuses, '{{ template"x" . }}', 'job:1:12', /needs a name in quotes/);
test('two values', refuses, '{{ template "x" . . }}', 'job:1:17', /takes no arguments/);
test('a block without a value', refuses, '{{ block "x" }}{{ end }}', 'job:1:1', /needs a value for its dot/);
test('a call within a pipe', refuses, '{{ 1 | template "x" }}', 'job:1:8', /must be the first word/);
test('a variable of the caller', refuses, '{{ $v := 1 }}{{ define "x" }}{{ $v }}{{ end }}', 'job:1:33', /\$v is not declared here/);
test('a variable around a block', refuses, '{{ $v := 1 }}{{ block "x" . }}{{ $v }}{{ end }}', 'job:1:34', /\$v is not declared here/);
test(
  'the loop around a block',
  refuses,
  '{{ range .L }}{{ block "x" . }}{{ break }}{{ end }}{{ end }}',
  'job:1:32',
  /outside of \{\{ range }}/,
);
test(
  'two definitions of one name in a file',
  refuses,
  '{{ define "x" }}1{{ end }}\n{{ define "x" }}2{{ end }}',
  'job:2:1',
  /"x" is defined twice in this file/,
);
test(
  'a block of a name that its file defines',
  refuses,
  '{{ define "x" }}1{{ end }}{{ block "x" . }}2{{ end }}',
  'job:1:27',
  /"x" is defined twice/,
);
test('the same block twice', refuses, '{{ block "x" . }}1{{ end }}{{ block "x" . }}1{{ end }}', 'job:1:28', /"x" is defined twice/);
test(
  'a definition of the name of its file',
  refuses,
  'a {{ define "job" }}1{{ end }}',
  'job:1:3',
  /this file itself is the template "job"/,
);
test(
  'a template that is not there',
  refuses,
  '{{ define "clone" }}1{{ end }}{{ template "clon" . }}',
  'job:1:31',
  /^there is no template "clon"\. Did you mean "clone"\? There are: "clone"\.$/,
);
test('a template where there is none', refuses, '{{ template "x" . }}', 'job:1:1', /^there is no template "x"\. None is defined\.$/);
test(
  'one of the properties that all objects have',
  refuses,
  '{{ template "constructor" . }}',
  'job:1:1',
  /there is no template "constructor"/,
);
test('a template to include that is not there', refuses, '{{ include "x" . }}', 'job:1:4', /there is no template "x"/);
test('include without a value', refuses, '{{ define "x" }}{{ end }}{{ include "x" }}', 'job:1:29', /include takes 2 arguments/);
test(
  'a key that a template wants of no value',
  refuses,
  '{{ define "x" }}{{ .A }}{{ end }}\n{{ template "x" }}',
  'job:2:1',
  /"x" is called without a value for its dot: \{\{ template "x" \. }}/,
);
test(
  'a missing key that was handed to a template',
  refuses,
  ['{{ define "x" }}{{ .A }}{{ end }}', '\n{{ template "x" .Q }}'],
  'job:2:17',
  /\.Q is not set/,
);
test(
  'a mistake in a partial',
  refuses,
  ['{{ define "x" }}1{{ end }}', 'é\n {{ if }}', '{{ template "x" }}'],
  '_1.tpl:2:8',
  /expected a value/,
);
test('a token of a partial that is none', refuses, ['a', 'b\n{{ "', 'c'], '_1.tpl:2:4', /closing "/);
test('the end of a partial', refuses, ['{{ define "x" }}', '{{ template "x" }}'], '_0.tpl:1:1', /never closed/);
test(
  'a missing key in a partial',
  refuses,
  ['{{ define "y" }}{{ end }}', '{{ define "x" }}\n {{ .Q }}{{ end }}', 'a {{ template "x" . }}'],
  '_1.tpl:2:5',
  /\.Q is not set\. There are: A, B, L, T/,
);
test(
  'a missing key in a partial that is included',
  refuses,
  ['{{ define "x" }}\n {{ .Q }}{{ end }}', 'a {{ include "x" . | nindent 2 }}'],
  '_0.tpl:2:5',
  /\.Q is not set/,
);
test('what a partial refuses', refuses, ['{{ define "x" }}{{ fail "no" }}{{ end }}', '{{ include "x" . }}'], '_0.tpl:1:20', /^no$/);
test(
  'a cycle',
  refuses,
  '{{ define "x" }}\n {{ template "y" . }}{{ end }}{{ define "y" }}{{ template "x" . }}{{ end }}{{ template "x" . }}',
  'job:2:47',
  /^more than 500 templates and blocks are nested here: does one of them call itself endlessly\?$/,
);
test(
  'a cycle by include',
  refuses,
  ['{{ define "x" }}{{ include "x" . | upper }}{{ end }}', '{{ template "x" . }}'],
  '_0.tpl:1:20',
  /more than 500/,
);
test('a template that calls itself by the name of its file', refuses, '{{ template "job" . }}', 'job:1:1', /more than 500/);
const open = (count: number, word: string) => `{{ ${word} }}`.repeat(count);
const nested = (word: string, count = 98) =>
  `{{ define "x" }}${open(count, word)}{{ template "x" . }}${open(count, 'end')}{{ end }}{{ template "x" . }}`;
test('a cycle in the deepest blocks that may be', refuses, nested('if .'), 'job:1:57', /more than 500/);
test('a cycle in the deepest loops that may be', refuses, nested('with $v := $'), 'job:1:89', /more than 500/);
test(
  'a cycle in what a loop does instead',
  refuses,
  `{{ define "x" }}${'{{ range nothing }}{{ else }}'.replaceAll('nothing', '0').repeat(48)}{{ include "x" . }}${open(48, 'end')}{{ end }}{{ template "x" . }}`,
  'job:1:224',
  /more than 500/,
);
test(
  'a cycle in the deepest parentheses that may be',
  refuses,
  `{{ define "x" }}{{ ${'('.repeat(97)}include "x" .${')'.repeat(97)} }}{{ end }}{{ template "x" . }}`,
  'job:1:29',
  /more than 500/,
);
