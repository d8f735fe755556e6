import { z } from 'zod';
import { jsonAnswer, wholeAnswer } from '../http/half-answer.ts';
import type { LoginKind, RegistryLogin } from './login.ts';
import { type RegistryContext, refusalOf } from './refusal.ts';

/** What a registry answers when an upload is begun. */
export interface BegunUpload {
  readonly login: LoginKind;
  /** The name under which it was begun. */
  readonly repository: string;
  /** The address for the upload is relative, which the specification allows and Makisu cannot use. */
  readonly relative: boolean;
  /** It is gone again; otherwise the registry removes it when it cleans up. */
  readonly cancelled: boolean;
}

/**
 * Begins the upload of a blob and cancels it at once, to see how a push would begin. Of these names, one that the registry has already is used,
 * so that no repository is created for it; if it has none of them, the first one.
 * @throws UserError if the login may not push there, HttpError
 */
export async function beginUpload(
  login: RegistryLogin,
  registry: RegistryContext,
  names: readonly [string, ...string[]],
): Promise<BegunUpload> {
  const repository = (await existing(login, registry.api.host, names)) ?? names[0];
  const path = `/v2/${repository}/blobs/uploads/`;
  const scope = `repository:${repository}:pull,push`;
  const { answer, kind } = await login.ask(path, '*/*', scope, 'POST');
  if (answer.status !== 202) throw refusalOf(answer, path, registry);
  const location = answer.header('location') ?? '';
  const relative = location !== '' && !URL.canParse(location);
  return { login: kind, repository, relative, cancelled: await cancelled(login, new URL(path, registry.api), location, scope) };
}

const tagList = z.object({ tags: z.array(z.string()).nullish() });

async function existing(login: RegistryLogin, host: string, names: readonly string[]): Promise<string | undefined> {
  for (const name of names) {
    const path = `/v2/${name}/tags/list`;
    const { answer } = await login.ask(path, '*/*', `repository:${name}:pull`);
    // Some registries answer for any name, with an empty list.
    const about = { host, about: path };
    if (answer.status === 200 && wholeAnswer(tagList, jsonAnswer(answer.text(), about), about).tags?.length) return name;
  }
  return undefined;
}

/**
 * Only the path of the address is used: it may name a host that should not get the login. That a push can begin is known by now, and a login
 * that may push need not be one that may delete: no failure here is one of the push.
 */
async function cancelled(login: RegistryLogin, begun: URL, location: string, scope: string): Promise<boolean> {
  if (location === '' || !URL.canParse(location, begun.href)) return false;
  const { pathname, search } = new URL(location, begun);
  try {
    const { answer } = await login.ask(`${pathname}${search}`, '*/*', scope, 'DELETE');
    return answer.status >= 200 && answer.status < 300;
  } catch {
    return false;
  }
}
