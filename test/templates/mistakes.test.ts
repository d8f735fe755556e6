import test, { type ExecutionContext } from 'ava';
import { UserError } from '../../src/core/errors.ts';
import { parseTemplate } from '../../src/templates/parse.ts';
import { render } from '../../src/templates/render.ts';
import { TemplateError } from '../../src/templates/template-error.ts';

const values = { Commit: '3f2a1bc', Namespace: 'cox-1', Count: 3, Nothing: null, Map: { a: 1 }, L: [1] };

function refuses(t: ExecutionContext, template: string, place: string, reason: RegExp): void {
  const error = t.throws(() => render(parseTemplate('job.yaml', template), values), { instanceOf: TemplateError });
  t.is(`${error.line}:${error.column}`, place);
  t.is(error.template, 'job.yaml');
  t.is(error.message, `job.yaml:${place}: ${error.reason}`);
  t.regex(error.reason, reason);
}

test('a missing key', refuses, 'é\n ä {{ .Comit }}', '2:7', /^\.Comit is not set\. Did you mean Commit\? There are: Commit, Count, /);
test('a missing key in a map', refuses, '{{ .Map.b.c }}', '1:8', /^\.Map\.b is not set\. .*There are: a\.$/);
test('a missing key as an argument', refuses, '{{ .Registry | b64enc }}', '1:4', /^\.Registry is not set/);
test('a missing key by way of a variable', refuses, '{{ $x := .Q }}\n{{ $x }}', '1:10', /^\.Q is not set/);
test('a missing key by index', refuses, '{{ index .Map "zz" }}', '1:4', /^the key "zz" is not set/);
test('a missing key to go over', refuses, '{{ range .Q }}{{ end }}', '1:10', /^\.Q is not set/);
test('no key of an object by inheritance', refuses, '{{ .Map.constructor }}', '1:8', /is not set/);
test('a field of a text', refuses, '{{ .Commit.Short }}', '1:11', /the value before \.Short is a text/);
test('null as text', refuses, '{{ .Nothing }}', '1:1', /is null/);
test('a string in single quotes', refuses, "{{ expandenv '$X' }}", '1:14', /malformed character constant.*double quotes/);
test('an unknown function', refuses, '{{ quot .Commit }}', '1:4', /no function quot\. Did you mean quote\?/);
test('a forgotten dot', refuses, '{{ Commit }}', '1:4', /Write \.Commit for a value/);
test('an unknown variable', refuses, '{{ $commit := 1 }}{{ $comit }}', '1:22', /Did you mean \$commit\?/);
test(
  'a number where a text is wanted',
  refuses,
  '{{ b64enc .Count }}',
  '1:4',
  /b64enc takes a text as argument 1, found a number \(toString/,
);
test('too few arguments', refuses, '{{ replace "a" .Commit }}', '1:4', /replace takes 3 arguments, found 2/);
test('too many arguments', refuses, '{{ uuidv4 1 }}', '1:4', /uuidv4 takes 0 arguments, found 1/);
test('a value with arguments', refuses, '{{ .Commit 1 }}', '1:4', /\.Commit is not a function/);
test('a value after a pipe', refuses, '{{ .Commit | "a" }}', '1:14', /only a function/);
test('an action without end', refuses, 'a\n{{ .Commit', '2:1', /is not closed: }} is missing/);
test('a string without end', refuses, '{{ "a\n" }}', '1:4', /closing "/);
test('a comment without end', refuses, '{{/* a }}', '1:1', /not closed/);
test('a block without end', refuses, 'x{{ if .L }}y', '1:2', /\{\{ if }} is never closed/);
test('a block without end after else', refuses, '{{ with .L }}y{{ else }}', '1:1', /\{\{ with }} is never closed/);
test('an end without block', refuses, 'x{{ end }}', '1:5', /\{\{ end }} without/);
test('two else', refuses, '{{ if 1 }}{{ else }}{{ else }}{{ end }}', '1:24', /second/);
test('break outside of range', refuses, '{{ break }}', '1:1', /outside of \{\{ range }}/);
test('a parenthesis never closed', refuses, '{{ (len .L }}', '1:4', /not closed/);
test('a parenthesis never opened', refuses, '{{ len .L) }}', '1:10', /never opened/);
test('an unknown escape', refuses, '{{ "\\d" }}', '1:5', /unknown escape/);
test('a number with letters', refuses, '{{ 12ab }}', '1:4', /12ab is not a number/);
test('a number that is not exact', refuses, '{{ 99999999999999999999 }}', '1:4', /too large/);
test('operands without space', refuses, '{{ print "a""b" }}', '1:13', /white space/);
test('an empty action', refuses, '{{ }}', '1:4', /expected a value or a function, found the end of the action/);
test('the clock where none was handed in', refuses, '{{ now }}', '1:4', /no clock/);
test('identifiers where no source was handed in', refuses, '{{ uuidv4 }}', '1:4', /no source of identifiers/);
test('what the template itself refuses', refuses, '{{ if .Count }}\n{{ RaiseError "two GPUs" }}{{ end }}', '2:4', /^two GPUs$/);
test('a required value', refuses, '{{ required "set .Tag" .Tag }}', '1:4', /^set \.Tag$/);
test('base64 that is none', refuses, '{{ b64dec "ä" }}', '1:4', /not base64/);
test('a list with no such index', refuses, '{{ index .L 1 }}', '1:4', /1 elements and no index 1/);
test('values of two kinds compared', refuses, '{{ eq .Commit 1 }}', '1:4', /a text cannot be compared with a number/);
test('a verb that does not fit', refuses, '{{ printf "%d" .Commit }}', '1:4', /%d takes a whole number, found a text/);
test('an argument too many for printf', refuses, '{{ printf "a" 1 }}', '1:4', /1 arguments for 0 verbs/);
test('parentheses too deep', refuses, `{{ ${'('.repeat(200)}1${')'.repeat(200)} }}`, '1:105', /more than 100/);
test(
  'a loop that never ends in time',
  refuses,
  '{{ range 9999999 }}{{ range 9999999 }}{{ end }}{{ end }}',
  '1:20',
  /more than 1000000 steps/,
);
test(
  'a text that doubles for ever',
  refuses,
  '{{ $s := "xxxxxxxx" }}{{ range 60 }}{{ $s = print $s $s }}{{ end }}',
  '1:45',
  /grows beyond/,
);

test('environment variables are absent unless handed in', (t) => {
  t.is(render(parseTemplate('x', '{{ env "PATH" }}{{ expandenv "$PATH" }}'), {}), '');
});

test('a mistake in a template is shown to people as it is', (t) => {
  t.true(t.throws(() => parseTemplate('x', '{{')) instanceof UserError);
});
