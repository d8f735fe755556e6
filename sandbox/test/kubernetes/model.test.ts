import test from 'ava';
import type { KubeObject } from '../../src/kubernetes/model/objects.ts';
import { quantity, quantityText } from '../../src/kubernetes/model/quantity.ts';
import { configMaps } from '../../src/kubernetes/model/resources.ts';
import { labelSelector } from '../../src/kubernetes/model/selectors.ts';
import { Store } from '../../src/kubernetes/model/store.ts';
import { nanoClock, nanoTimestamp } from '../../src/kubernetes/model/time.ts';

for (const [text, value] of [
  ['2', 2],
  ['500m', 0.5],
  ['2Gi', 2 * 2 ** 30],
  ['1e3', 1000],
  ['1.5k', 1500],
  [undefined, 0],
] as const) {
  test(`the quantity ${text} is ${value}`, (t) => t.is(quantity(text), value));
}

test('what is no quantity is no number', (t) => {
  for (const text of ['x', '1Zi', '--1', '']) t.true(Number.isNaN(quantity(text)), text);
});

test('a quantity is written with the largest unit that fits, in the style of another', (t) => {
  t.is(quantityText(0.5), '500m');
  t.is(quantityText(3 * 2 ** 30, '1Gi'), '3Gi');
  t.is(quantityText(3 * 2 ** 30 + 2 ** 20, '1Gi'), '3073Mi');
  t.is(quantityText(0, '1Gi'), '0');
  t.is(quantityText(4), '4');
});

const labelled = (labels: Record<string, string>): KubeObject => ({ metadata: { labels } }) as unknown as KubeObject;

for (const [selector, labels, selected] of [
  ['', {}, true],
  ['a', { a: '' }, true],
  ['!a', { a: '' }, false],
  ['a=1,b!=2', { a: '1' }, true],
  ['a==1', { a: '2' }, false],
  ['x.io/a in (1, 2)', { 'x.io/a': '2' }, true],
  ['a notin (1,2)', {}, true],
  ['a notin (1,2)', { a: '1' }, false],
  ['a=', { a: '' }, true],
] as const) {
  test(`the selector "${selector}" ${selected ? 'takes' : 'leaves'} ${JSON.stringify(labels)}`, (t) =>
    t.is(labelSelector(selector)(labelled(labels)), selected));
}

test('a change made while another is told is told after it, to everyone', (t) => {
  const store = new Store();
  const heard: string[] = [];
  store.onChange(({ type, object }) => {
    if (type === 'ADDED') store.update(configMaps, object, (draft) => Object.assign(draft, { data: {} }));
  });
  store.onChange(({ type }) => heard.push(type));
  store.create(configMaps, { metadata: { name: 'a', namespace: 'b' } });
  t.deepEqual(heard, ['ADDED', 'MODIFIED']);
});

test('an update that changes nothing is no event, and one of an object that was replaced does nothing', (t) => {
  const store = new Store();
  const object = store.create(configMaps, { metadata: { name: 'a', namespace: 'b' } });
  const before = store.revision;
  store.update(configMaps, object, () => undefined);
  t.is(store.revision, before);
  store.remove(configMaps, object);
  const second = store.create(configMaps, { metadata: { name: 'a', namespace: 'b' } });
  t.is(
    store.update(configMaps, object, (draft) => Object.assign(draft, { data: {} })),
    undefined,
  );
  t.is(store.get(configMaps, 'b', 'a'), second);
});

test('history reaches back as far as its window', (t) => {
  const store = new Store(2);
  const start = store.revision;
  for (const name of ['a', 'b', 'c']) store.create(configMaps, { metadata: { name, namespace: 'x' } });
  t.is(store.since(start), undefined);
  t.is(store.since(start + 1)?.length, 2);
});

test('nanoseconds grow, and are written with nine digits', (t) => {
  const clock = nanoClock();
  const times = Array.from({ length: 1000 }, clock);
  t.is(new Set(times).size, 1000);
  t.is(nanoTimestamp(1_500_000_000_000_000_001n), '2017-07-14T02:40:00.000000001Z');
});
