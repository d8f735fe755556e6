import { z } from 'zod';
import type { Done } from '../slack/typing.ts';
import type { Sources } from './state.ts';

const press = z.object({
  ts: z.string().optional(),
  view: z.string().optional(),
  action: z.string(),
  block: z.string().optional(),
  option: z.string().optional(),
});

const action = z.discriminatedUnion('do', [
  z.object({ do: z.literal('type'), user: z.string(), channel: z.string(), text: z.string().max(40_000), thread: z.string().optional() }),
  z.object({ do: z.literal('press'), user: z.string(), press }),
  z.object({ do: z.literal('submit'), user: z.string(), inputs: z.record(z.string(), z.union([z.string(), z.array(z.string())])) }),
  z.object({ do: z.literal('close'), user: z.string() }),
  z.object({ do: z.literal('home'), user: z.string() }),
  z.object({ do: z.literal('direct'), user: z.string() }),
  z.object({ do: z.literal('dismiss'), id: z.string() }),
  z.object({ do: z.literal('commit'), kind: z.enum(['good', 'failing-test', 'failing-build']) }),
]);

/** What a person does on the page. */
export type Action = z.input<typeof action>;

type WithoutUndefined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** The same object without the keys that are undefined. */
const given = <T extends object>(value: T): WithoutUndefined<T> =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as WithoutUndefined<T>;

/** Reads an action as the page sends it; throws a ZodError that names what is wrong. */
export const readAction = (sent: unknown): z.output<typeof action> => action.parse(sent);

/** Does what a person asked for. */
export async function perform({ slack, commits }: Sources, wanted: z.output<typeof action>): Promise<Done> {
  switch (wanted.do) {
    case 'type':
      return slack.type(wanted.user, wanted.channel, wanted.text, wanted.thread);
    case 'press':
      return slack.press(wanted.user, given(wanted.press));
    case 'submit':
      return slack.submitView(wanted.user, wanted.inputs);
    case 'close':
      return slack.closeView(wanted.user);
    case 'home':
      return slack.openHome(wanted.user);
    case 'direct':
      slack.direct(wanted.user);
      return { ok: true };
    case 'dismiss':
      slack.dismiss(wanted.id);
      return { ok: true };
    case 'commit':
      await commits.commit(wanted.kind);
      return { ok: true };
  }
}
