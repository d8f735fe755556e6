import { request } from 'node:http';
import test from 'ava';
import { reduce } from '../../src/page/browser/store.ts';
import type { PageEvent, PageState } from '../../src/page/types.ts';
import { fill } from './_conversation.ts';
import { type World, world } from './_world.ts';

const ask = (url: string, method: string, headers: { [name: string]: string }, body = '') =>
  new Promise<{ status: number; text: string; headers: { [name: string]: unknown } }>((resolve, reject) => {
    const sent = request(url, { method, headers }, async (response) => {
      let text = '';
      for await (const part of response) text += part;
      resolve({ status: response.statusCode ?? 0, text, headers: response.headers });
    });
    sent.on('error', reject).end(body);
  });

const own = (url: string) => ({ origin: new URL(url).origin, 'content-type': 'application/json' });

async function act(world: World, action: object): Promise<{ ok: boolean; error?: string }> {
  return JSON.parse((await ask(`${world.page.url}do`, 'POST', own(world.page.url), JSON.stringify(action))).text);
}

/** Reads the events of a page until the state that they make satisfies `done`. */
async function stateUntil(world: World, done: (state: PageState) => boolean, then?: () => Promise<unknown>): Promise<PageState> {
  const stop = new AbortController();
  const response = await fetch(`${world.page.url}events`, { signal: stop.signal });
  let state: PageState | undefined;
  let rest = '';
  for await (const part of response.body ?? []) {
    const pieces = (rest + Buffer.from(part).toString()).split('\n\n');
    rest = pieces.pop() ?? '';
    for (const piece of pieces.filter((one) => one.startsWith('data: '))) {
      if (!state) void then?.();
      state = reduce(state, JSON.parse(piece.slice('data: '.length)) as PageEvent);
    }
    if (state && done(state)) break;
  }
  stop.abort();
  if (!state) throw new Error('The page sent no state.');
  return state;
}

test('the page, its script and its style are served, and only to this origin', async (t) => {
  const w = await world();
  t.teardown(w.close);
  const page = await ask(w.page.url, 'GET', {});
  t.is(page.status, 200);
  t.regex(String(page.headers['content-security-policy']), /default-src 'none'/);
  t.true((await ask(`${w.page.url}script.js`, 'GET', {})).text.length > 100_000);
  t.regex((await ask(`${w.page.url}style.css`, 'GET', {})).text, /slack_blocks_to_jsx/);
  t.is((await ask(w.page.url, 'GET', { host: 'evil.example:80' })).status, 403);
  t.is((await ask(`${w.page.url}events`, 'GET', { host: 'evil.example' })).status, 403);
});

test('an action from another site is refused', async (t) => {
  const w = await world();
  t.teardown(w.close);
  const commit = JSON.stringify({ do: 'commit', kind: 'good' });
  const json = { 'content-type': 'application/json' };
  const refused = async (headers: { [name: string]: string }) => (await ask(`${w.page.url}do`, 'POST', headers, commit)).status;
  t.is(await refused({ ...json, origin: 'https://evil.example' }), 403);
  t.is(await refused(json), 403);
  t.is(await refused({ ...own(w.page.url), 'content-type': 'text/plain' }), 403);
  t.deepEqual(w.made, []);
  t.deepEqual(await act(w, { do: 'commit', kind: 'failing-build' }), { ok: true });
  t.deepEqual(w.made, ['failing-build']);
});

test('a wrong action says what is wrong with it', async (t) => {
  const w = await world();
  t.teardown(w.close);
  t.regex((await act(w, { do: 'commit', kind: 'odd' })).error ?? '', /failing-test/);
  t.regex((await act(w, { do: 'type', user: 'U0NOBODY', channel: 'ci', text: 'hi' })).error ?? '', /There is no user U0NOBODY/);
});

test('a page that connects gets the whole state, and then every change', async (t) => {
  const w = await world();
  t.teardown(w.close);
  await fill(w);
  const typed = () => act(w, { do: 'type', user: 'U0456LIN', channel: 'ci', text: 'hello <b>' });
  const state = await stateUntil(w, (one) => one.messages.some((message) => message.text === 'hello &lt;b&gt;'), typed);
  t.is(state.messages.length, 6);
  t.is(state.ephemerals.length, 1);
  t.true(
    state.groups.some(({ id, handle }) => id === 'S0123OPS' && handle === 'operators'),
    'a mention of a group is shown by its handle',
  );
  t.is(state.homes.U0123ADA?.type, 'home');
  t.is(state.commands[0]?.usage_hint, 'run | status');
});

test('changes of the cluster and of the commits reach the page', async (t) => {
  const w = await world();
  t.teardown(w.close);
  const change = async () => {
    w.cluster.set({ namespaces: [{ name: 'one', phase: 'Active', jobs: [], pods: [] }] });
    w.cluster.set({ namespaces: [{ name: 'two', phase: 'Active', jobs: [], pods: [] }] });
    await act(w, { do: 'commit', kind: 'good' });
  };
  const state = await stateUntil(w, (one) => one.cluster.namespaces.length > 0 && one.commits.length > 0, change);
  t.is(state.cluster.namespaces[0]?.name, 'two');
  t.is(state.commits[0]?.subject, 'A good change');
});

test('an uploaded file is saved or shown as text, never run', async (t) => {
  const w = await world();
  t.teardown(w.close);
  await fill(w);
  const file = w.standIn.slack.messages('ci').flatMap((message) => message.files ?? [])[0];
  const saved = await ask(`${w.page.url}files/${file?.id}/x`, 'GET', {});
  t.regex(String(saved.headers['content-disposition']), /^attachment; filename\*=UTF-8''runner-142-image\.log$/);
  const shown = await ask(`${w.page.url}files/${file?.id}/x?view`, 'GET', {});
  t.regex(String(shown.headers['content-type']), /^text\/plain/);
  t.regex(shown.text, /Step 59\/60/);
});
