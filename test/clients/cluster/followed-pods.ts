import type { ServerResponse } from 'node:http';
import type { ExecutionContext } from 'ava';
import { ApiServer } from '../../../src/clients/cluster/api-server.ts';
import type { RawPod } from '../../../src/clients/cluster/raw.ts';
import { Reflector, type Timing } from '../../../src/clients/cluster/reflector.ts';
import { json, ScriptedApi } from './scripted-api.ts';

/** Everything that takes seconds in truth, in tens of milliseconds. */
const quick: Timing = { window: 60_000, grace: 0, relist: 60_000, request: 2_000, backoff: { first: 10, most: 50 } };

/** A scripted API with pods, and a reflector over it that writes down what it is told. */
export async function followedPods(t: ExecutionContext, timing: Partial<Timing> = {}) {
  const scripted = await ScriptedApi.start();
  const watches: ServerResponse[] = [];
  const heard: string[] = [];
  const errors: unknown[] = [];
  scripted.on(
    ({ query }) => query.has('watch'),
    (response) => {
      response.writeHead(200).flushHeaders();
      watches.push(response);
    },
  );
  const say = (text: string) => {
    heard.push(text);
    scripted.poke();
  };
  const reflector = new Reflector<RawPod, string>(
    new ApiServer(scripted.kubeConfig()),
    {
      what: 'pods',
      path: '/api/v1/pods',
      labelSelector: 'coxswain/instance=lab',
      view: ({ metadata = {} }) => `${metadata.name}@${metadata.resourceVersion}`,
      seen(view, gone) {
        say(gone ? `-${view}` : view);
        if (view.startsWith('bad')) throw new Error('a listener broke');
      },
      up: () => say('up'),
      down: (message) => say(`down: ${message}`),
      failed: (error) => errors.push(error),
    },
    { ...quick, ...timing },
  );
  t.teardown(async () => {
    reflector.stop();
    await scripted.stop();
  });
  const requests = (watch: boolean) => () => scripted.received.filter(({ query }) => query.has('watch') === watch);
  const pods = () => heard.filter((text) => !/^up|^down/.test(text));
  return { scripted, watches, heard, errors, lists: requests(false), asked: requests(true), reflector, pods };
}

export function pod(name: string, resourceVersion: string | number, uid = `uid-${name}`): RawPod {
  return { metadata: { name, uid, namespace: 'n', resourceVersion: String(resourceVersion) } };
}

export function podList(resourceVersion: string | number, ...items: RawPod[]) {
  return json({ kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: String(resourceVersion) }, items });
}

export function send(response: ServerResponse | undefined, type: string, object: object): void {
  response?.write(`${JSON.stringify({ type, object })}\n`);
}
