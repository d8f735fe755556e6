import { z } from 'zod';
import { UserError } from '../../core/errors.ts';
import type { TagState } from '../../core/release/tag-state.ts';
import type { HttpAnswer } from '../http/http-client.ts';
import { HttpError } from '../http/http-error.ts';
import { isPage, pageInstead } from '../http/login-page.ts';
import { absenceIn } from './absent.ts';
import { anyManifestTypes } from './image-manifest.ts';
import { objectIn } from './registry-errors.ts';

/** Requests to one registry, with its login. */
interface Asking {
  readonly host: string;
  /** The configuration key of its address, for messages. */
  readonly key: string;
  /** A response with any status but 401. */
  ask(path: string, accept: string): Promise<HttpAnswer>;
  errorOf(answer: HttpAnswer, path: string): Error;
  /** @throws if it is not a registry that grants access */
  ping(): Promise<unknown>;
}

const tagList = z.object({ tags: z.array(z.string()).nullable() });

/**
 * Whether a repository of a registry has a tag. Only the status counts for "taken": what has the tag may be too large, of any kind, or cut
 * off. GET, since a response to HEAD does not say why.
 * @throws if that cannot be told
 */
export async function tagState(at: Asking, repository: string, tag: string): Promise<TagState> {
  const path = `/v2/${repository}/manifests/${tag}`;
  const answer = await manifestAnswer(at, path);
  if (answer === 'taken') return { state: 'taken' };
  const absence = absenceIn(answer);
  if (absence === 'absent') return { state: 'free' };
  if (absence === 'bare') {
    await at.ping();
    const listed = await listShows(at, repository, tag).catch((error: unknown) => (isEmpty(answer) ? 'neither' : Promise.reject(error)));
    if (listed === 'lacks') return { state: 'free' };
    if (listed === 'has') throw contradiction(at, path);
    if (isEmpty(answer)) return await confirmed(at, path);
  }
  throw at.errorOf(answer, path);
}

/** The answer for a manifest; `taken` if it begins as one that the registry has. */
async function manifestAnswer(at: Asking, path: string): Promise<HttpAnswer | 'taken'> {
  let answer: HttpAnswer;
  try {
    answer = await at.ask(path, anyManifestTypes);
  } catch (error) {
    const { head } = error instanceof HttpError ? error : {};
    if (head?.status === 200 && !isPage(head)) return 'taken';
    throw error;
  }
  if (answer.status !== 200) return answer;
  if (!isMarkup(answer.text())) return 'taken';
  throw new UserError(`${pageInstead(at.host, `the registry (${path})`, `check ${at.key} in the configuration`)}.`);
}

/** Where there is no list of tags, a 404 without a body counts if it is said again after the registry has shown that it answers. */
async function confirmed(at: Asking, path: string): Promise<TagState> {
  const again = await manifestAnswer(at, path);
  if (again === 'taken') return { state: 'taken' };
  const absence = absenceIn(again);
  if (absence === 'absent' || (absence === 'bare' && isEmpty(again))) return { state: 'free' };
  throw at.errorOf(again, path);
}

function contradiction({ host, key }: Asking, path: string): HttpError {
  const remedy = `check that registry, and any proxy in front of it (${key})`;
  return new HttpError(`The registry ${host} says 404 for ${path}, but its list of tags has it: ${remedy}`, { retry: true });
}

const isEmpty = (answer: HttpAnswer): boolean => answer.text().trim() === '';

/**
 * Whether the list of tags shows that the registry lacks this one. Some registries say no more than 404 for a manifest; one with a page or
 * a text of another kind may come from a proxy that does not know the path, or has nothing behind it at the moment.
 */
async function listShows(at: Asking, repository: string, tag: string): Promise<'lacks' | 'has' | 'neither'> {
  const answer = await at.ask(`/v2/${repository}/tags/list`, 'application/json');
  if (absenceIn(answer) === 'absent') return 'lacks';
  const list = tagList.safeParse(answer.status === 200 ? objectIn(answer.text()) : undefined);
  if (!list.success) return 'neither';
  if (list.data.tags?.includes(tag)) return 'has';
  return answer.header('link') === undefined ? 'lacks' : 'neither';
}

function isMarkup(text: string): boolean {
  return /^[\s\ufeff]*<(?:!doctype|html|\?xml|head|body)\b/i.test(text.slice(0, 1_000));
}
