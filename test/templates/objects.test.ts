import test, { type ExecutionContext } from 'ava';
import { toObjects } from '../../src/templates/objects.ts';
import { TemplateError } from '../../src/templates/template-error.ts';

const pod = 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\n';

test('several documents, empty ones and comments left out', (t) => {
  const objects = toObjects('x', `# first\n---\n${pod}---\n---\n# nothing\n---\n${pod.replace('Pod', 'Job')}`);
  t.deepEqual(
    objects.map((object) => object.kind),
    ['Pod', 'Job'],
  );
});

test('three dashes inside a block of text separate nothing', (t) => {
  const [secret] = toObjects('x', `${pod}stringData:\n  key: |\n    -----BEGIN CERTIFICATE-----\n    ---\n    -----END CERTIFICATE-----\n`);
  t.deepEqual(secret?.stringData, { key: '-----BEGIN CERTIFICATE-----\n---\n-----END CERTIFICATE-----\n' });
});

test('lists are flattened', (t) => {
  const item = '- apiVersion: v1\n  kind: Secret\n  metadata: {name: a}\n';
  const inner = '- apiVersion: v1\n  kind: SecretList\n  items: [{apiVersion: v1, kind: Secret, metadata: {name: b}}]\n';
  const objects = toObjects('x', `apiVersion: v1\nkind: List\nitems:\n${item}${inner}`);
  t.deepEqual(
    objects.map((object) => object.metadata.name),
    ['a', 'b'],
  );
});

test('plain words and numbers are read as the API server would get them from kubectl', (t) => {
  const [object] = toObjects('x', `${pod}data: {mode: 0644, on: yes, time: 10:30, date: 2020-01-01, merge: "<<"}\n`);
  t.deepEqual(object?.data, { mode: 420, true: true, time: '10:30', date: '2020-01-01', merge: '<<' });
});

test('anchors and merge keys', (t) => {
  const [object] = toObjects('x', `${pod}base: &b {a: 1}\ncopy: {<<: *b, c: 2}\n`);
  t.deepEqual(object?.copy, { a: 1, c: 2 });
});

function refuses(t: ExecutionContext, text: string, place: string, reason: RegExp): void {
  const error = t.throws(() => toObjects('job.yaml', text), { instanceOf: TemplateError });
  t.is(error.message, `job.yaml (rendered):${place}: ${error.reason}`);
  t.regex(error.reason, reason);
}

test('a key that stands twice', refuses, `${pod}spec: {}\nspec: {}\n`, '6:1', /twice/);
test(
  'a name that is a number',
  refuses,
  pod.replace(': p', ': 123'),
  '4:9',
  /metadata\.name must be a text, found a number: put it in quotes/,
);
test('a label that is a number', refuses, `${pod}  labels: {commit: 1234567}\n`, '5:20', /commit must be a text/);
test('no name', refuses, 'apiVersion: v1\nkind: Pod\nmetadata:\n  labels: {}\n', '4:3', /needs metadata\.name/);
test('no metadata in the second document', refuses, `${pod}---\napiVersion: v1\nkind: Job\n`, '6:1', /this Job has no metadata\.name/);
test('no apiVersion', refuses, 'kind: Pod\n', '1:1', /needs apiVersion/);
test('no map', refuses, '- a\n', '1:1', /must be a map, found a list/);
test('a list item that is no object', refuses, 'apiVersion: v1\nkind: List\nitems:\n- a\n', '4:3', /must be a map, found a text/);
test('text that is not YAML', refuses, 'a: b: c\n', '1:4', /not YAML/);
test('a tab', refuses, 'a:\n\t- b\n', '2:1', /Tabs/);
test('an unknown tag', refuses, 'a: !secret b\n', '1:4', /tag/);
test('an unknown alias', refuses, 'a: *b\n', '1:1', /alias/);
test(
  'aliases that multiply',
  refuses,
  `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefg'.replace(/./g, (c) => `${c}: &${c} [${`*${String.fromCharCode(c.charCodeAt(0) - 1)},`.repeat(9)}]\n`)}`,
  '6:11',
  /alias/i,
);
