import type { ServerResponse } from 'node:http';
import type { ExecutionContext } from 'ava';
import { ApiServer } from '../../../../src/clients/cluster/transport/api-server.ts';
import { type RawPod, rawPod } from '../../../../src/clients/cluster/watch/raw.ts';
import { Reflector, type Timing } from '../../../../src/clients/cluster/watch/reflector.ts';
import { json, ScriptedApi } from '../scripted-api.ts';

/** Everything that takes seconds in truth, in tens of milliseconds. */
const quick: Timing = { window: 60_000, grace: 0, relist: 60_000, request: 2_000, backoff: { firstMs: 10, mostMs: 50, jitter: 0.5 } };

/** A scripted API with pods, and a reflector over it that writes down what it is told. */
export async function followedPods(t: ExecutionContext, timing: Partial<Timing> = {}) {
  const scripted = await ScriptedApi.start();
  const watches: ServerResponse[] = [];
  const requests = (watch: boolean) => () => scripted.received.filter(({ query }) => query.has('watch') === watch);
  scripted.on(
    ({ query }) => query.has('watch'),
    (response) => {
      response.writeHead(200).flushHeaders();
      watches.push(response);
    },
  );
  const { heard, errors, followed } = listener(() => scripted.poke());
  const reflector = new Reflector<RawPod, string>(new ApiServer(scripted.kubeConfig()), followed, { ...quick, ...timing });
  t.teardown(async () => {
    reflector.stop();
    await scripted.stop();
  });
  const pods = () => heard.filter((text) => !/^up|^down/.test(text));
  return { scripted, watches, heard, errors, lists: requests(false), asked: requests(true), reflector, pods };
}

/** Writes down `name@version`, `-name@version` for what is gone, `up` and `down`; breaks when it hears of a pod `bad`. */
function listener(heardOne: () => void) {
  const heard: string[] = [];
  const errors: unknown[] = [];
  const say = (text: string) => {
    heard.push(text);
    heardOne();
  };
  const followed = {
    what: 'pods',
    kind: 'Pod',
    path: '/api/v1/pods',
    schema: rawPod,
    labelSelector: 'coxswain/instance=lab',
    view: ({ metadata }: RawPod) => `${metadata.name}@${metadata.resourceVersion}`,
    seen(view: string, gone: boolean) {
      say(gone ? `-${view}` : view);
      if (view.startsWith('bad')) throw new Error('a listener broke');
    },
    up: () => say('up'),
    down: (message: string) => say(`down: ${message}`),
    failed: (error: unknown) => void errors.push(error),
  };
  return { heard, errors, followed };
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
