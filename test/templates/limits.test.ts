import { readdirSync, readFileSync } from 'node:fs';
import test, { type ExecutionContext } from 'ava';
import { objectsFrom } from '../../src/templates/objects-from.ts';
import { TemplateError } from '../../src/templates/template-error.ts';

const mega = 1024 ** 2;
/** Of this thread, however busy the machine is. */
const mostMs = 3_000;
const most = 512 * mega;

/** The template is refused, in bounded time and memory. */
function refuses(t: ExecutionContext, template: string, reason: RegExp): void {
  const before = { cpu: process.threadCpuUsage(), rss: process.memoryUsage.rss() };
  const error = t.throws(() => objectsFrom({ name: 'job', text: template, partials: [] }, { Values: {} }), { instanceOf: TemplateError });
  const { user, system } = process.threadCpuUsage(before.cpu);
  const grown = process.memoryUsage.rss() - before.rss;
  t.log(`${error.message.slice(0, 120)} · ${Math.round((user + system) / 1000)} ms, ${Math.round(grown / mega)} MiB more`);
  t.regex(error.reason, reason);
  t.true((user + system) / 1000 < mostMs, `${(user + system) / 1000} ms`);
  t.true(grown < most, `${grown} bytes`);
}

/** `$x`: a text of 1 MiB of this character. */
const x = (character: string) => `{{ $x := ${JSON.stringify(character)} }}{{ range 20 }}{{ $x = print $x $x }}{{ end }}`;
const times = (count: number, text: string) => text.repeat(count);

for (const [what, template] of Object.entries({
  quote: `${x('"')}{{ quote ${times(60, '$x ')}}}`,
  'quote of many': `${x('a')}{{ quote ${times(4000, '$x ')}}}`,
  squote: `${x('a')}{{ squote $x $x }}`,
  print: `${x('a')}{{ print $x $x }}`,
  printf: `${x('a')}{{ printf "${times(60, '%s')}" ${times(60, '$x ')}}}`,
  'printf with widths': `{{ printf "${times(2000, '%999d')}" ${times(2000, '1 ')}}}`,
  replace: `${x('a')}{{ replace "a" $x $x }}`,
  'replace of nothing': `${x('a')}{{ replace "" $x $x }}`,
  indent: `${x('\n')}{{ indent 200 $x }}`,
  nindent: `${x('\n')}{{ nindent 200 $x }}`,
  join: `${x('a')}{{ join $x (splitList "," "a,a,a,a,a,a,a,a,a") }}`,
  upper: `${x('ß')}{{ upper $x }}`,
  b64enc: `${x('😀')}{{ b64enc $x }}`,
  toJson: `${x('<')}{{ toJson $x }}`,
  toYaml: `${x('"')}{{ toYaml $x }}`,
  include: `{{ define "x" }}${x('a')}{{ $x }}{{ end }}{{ include "x" . }}{{ template "x" . }}`,
  'include in include': `{{ define "x" }}{{ include "y" . }}{{ include "y" . }}{{ end }}{{ define "y" }}${x('a')}{{ $x }}{{ end }}{{ $y := include "x" . }}`,
  'text in a loop': `{{ range 1000000 }}${times(100, 'text ')}{{ end }}`,
})) {
  test(
    `${what} makes nothing longer than may be`,
    refuses,
    template,
    /the text grows beyond 1048576 characters|process more than 67108864 characters/,
  );
}

test('printf with a width of a thousand million', refuses, '{{ printf "%1000000000d" 1 }}', /wider than 1000/);
test('split into a million parts', refuses, `${x(',')}{{ (split "," $x)._1 }}`, /beyond 10000 parts/);
test('splitList into characters', refuses, `${x(',')}{{ len (splitList "" $x) }}`, /beyond 10000 parts/);
test(
  'a long text that is looked through again and again',
  refuses,
  `${x('a')}{{ range 999999 }}{{ if contains "b" $x }}{{ end }}{{ end }}`,
  /process more than 67108864 characters/,
);
test(
  'hundreds of thousands of braces that never close',
  refuses,
  `{{ $x := "$\{" }}{{ range 18 }}{{ $x = print $x $x }}{{ end }}{{ range 999 }}{{ $y := expandenv $x }}{{ end }}`,
  /process more than/,
);
test('loops in loops', refuses, `${times(20, '{{ range 99999999 }}')}${times(20, '{{ end }}')}`, /more than 1000000 steps/);
test(
  'a map of ten thousand keys that is gone over for ever',
  refuses,
  `{{ $l := splitList "," (replace "a" "a,a,a,a,a,a,a,a,a," "${times(1000, 'a')}") }}{{ $m := split "," (join "," $l) }}{{ range 99999 }}{{ range $m }}{{ break }}{{ end }}{{ end }}`,
  /longer than 2 s|process more/,
);
test('a hundred thousand variables', refuses, times(100_000, '{{ $a := 1 }}'), /more than 1000 variables/);
test('a name of a million characters', refuses, `{{ $a := 1 }}{{ $${times(mega, 'a')} }}`, /is not declared here/);
const doubling = Array.from(
  { length: 60 },
  (_, n) => `{{ define "d${n}" }}{{ template "d${n + 1}" . }}{{ template "d${n + 1}" . }}{{ end }}`,
).join('');
test(
  'templates that call the next one twice',
  refuses,
  `${doubling}{{ define "d60" }}{{ end }}{{ template "d0" . }}`,
  /more than 1000000 steps/,
);
test(
  'templates that include the next one twice, and forget its text',
  refuses,
  `${doubling.replaceAll(/{{ template ("d\d+") \. }}/g, '{{ $t := include $1 . }}')}{{ define "d60" }}${x('a')}{{ $x }}{{ end }}{{ template "d0" . }}`,
  /process more than 67108864 characters/,
);
test('a hundred thousand definitions', refuses, `${times(100_000, '{{ define "x" }}{{ end }}')}{{ template "x" }}{{ fail "no" }}`, /^no$/);
test('definitions inside each other', refuses, times(50_000, '{{ block "x" . }}'), /more than 100 nested blocks/);
test('a template of a name of a million characters', refuses, `{{ template "${times(mega, 'a')}" . }}`, /there is no template "a+…"/);
test(
  'a name that is like ten thousand others',
  refuses,
  `${Array.from({ length: 10_000 }, (_, n) => `{{ define "${times(50, 'a')}${n}" }}1{{ end }}`).join('')}{{ template "${times(50, 'a')}x" }}`,
  /Did you mean "a+\d"\? There are: "a+0", /,
);
test('else if without end', refuses, `{{ if 0 }}${times(50_000, '{{ else if 0 }}')}{{ end }}`, /more than 100 nested blocks/);

const object = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n';
test('50,000 keys of one map', refuses, `${object}data:\n{{ range 50000 }}  k{{ . }}: "1"\n{{ end }}`, /more than 100000 tokens/);
test('half a million list elements', refuses, `${object}data: [${times(500_000, 'a,')}]`, /more than 100000 tokens/);
test('brackets without end', refuses, `${object}data: ${times(400_000, '[')}`, /more than 100 levels of nested lists and maps/);
test('lists in lists', refuses, times(400_000, '- '), /more than 100 levels of nested lists and maps/);
test('maps in maps', refuses, times(9_000, '? '), /more than 100 levels of nested lists and maps/);
test('documents without end', refuses, times(90_000, '---\n'), /more than 500 documents/);
test('more objects than a stage needs', refuses, times(101, `---\n${object}`), /at most 100 objects/);
test('anchors without end', refuses, `${object}data:\n{{ range 5000 }}- &a{{ . }} x\n- *a{{ . }}\n{{ end }}`, /more than 1000 anchors/);
const bomb = (of: (name: string) => string) =>
  `${object}a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefghijk'].map((c) => `${c}: &${c} ${of(String.fromCharCode(c.charCodeAt(0) - 1))}\n`).join('')}`;
test(
  'aliases that multiply',
  refuses,
  bomb((name) => `[${times(9, `*${name},`)}]`),
  /too large/,
);
test(
  'merge keys that multiply',
  refuses,
  bomb((name) =>
    name === 'a' ? '{x: *a}' : `{y: {<<: *${name}}, z: {<<: *${name}}, ${[1, 2, 3, 4, 5, 6].map((n) => `v${n}: *${name}`)}}`,
  ),
  /too large/,
);
test('a long text that comes again and again', refuses, `${object}a: &a "${times(500_000, 'a')}"\nb: [*a, *a, *a]\n`, /too large/);
test('an anchor that holds itself', refuses, `${object}data: &x {b: *x}\n`, /is inside its own anchor/);
test('an anchor that merges itself', refuses, `${object}data: &x {<<: *x}\n`, /is inside its own anchor/);
test('an anchor that holds itself by a list and a key', refuses, `${object}data: &x [a, {? *x : 1}]\n`, /is inside its own anchor/);
test('an apiVersion that leads elsewhere', refuses, object.replace('v1', '../healthz'), /an apiVersion must be a version/);

test('an alias repeats the newest anchor of its name', (t) => {
  const text = `${object}a: &x 1\nb: &x 2\nc: *x\nd: {<<: {e: 3}, <<: {f: 4}}\n`;
  const [made] = objectsFrom({ name: 'job', text, partials: [] }, {});
  t.like(made, { a: 1, b: 2, c: 2, d: { e: 3, f: 4 } });
});

test('each function that templates may call is among those that were tried, or makes nothing longer than its arguments', (t) => {
  const source = readdirSync(new URL('../../src/templates', import.meta.url)).filter((name) => name.startsWith('functions-'));
  const text = source.map((name) => readFileSync(new URL(`../../src/templates/${name}`, import.meta.url), 'utf8')).join('\n');
  const found = [...text.matchAll(/^ {2}(\w+): (?:fn|variadic)\(/gm)].map(([, name]) => name ?? '');
  const own = readFileSync(new URL(import.meta.url), 'utf8');
  const short =
    'lower trim trimPrefix trimSuffix hasPrefix hasSuffix trunc toString b64dec default coalesce empty not and or ternary eq ne lt le gt ge index required RaiseError fail env now uuidv4';
  t.true(found.length > 40, String(found.length));
  t.deepEqual(
    found.filter((name) => !short.split(' ').includes(name) && !new RegExp(`\\b${name}\\b`).test(own)),
    [],
  );
});
