import { releaseBody } from '../../core/text/fields.ts';
import { trimEndSigns } from '../../core/text/trim.ts';
import type { SentRelease } from './answers.ts';
import type { GithubRelease } from './release.ts';

const begin = '<!-- coxswain-run: ';
const form = /^<!-- coxswain-run: ([\w-]{1,64}) -->/;

/**
 * The body with the uid of its run appended as an invisible comment.
 * @throws Error if the uid is invalid
 */
export function marked(body: string, marker: string): string {
  if (!/^[\w-]{1,64}$/.test(marker))
    throw new Error(`${JSON.stringify(marker)} cannot mark a release: a uid has 1 to 64 of A-Z a-z 0-9 _ -`);
  return `${releaseBody(body)}\n\n${begin}${marker} -->`;
}

function markerIn({ body }: Pick<SentRelease, 'body'>): string | undefined {
  return markIn(body ?? '')?.marker;
}

/** The last marker counts: earlier ones may be part of untrusted text. */
function markIn(body: string): { marker: string; rest: string } | undefined {
  const at = body.lastIndexOf(begin);
  const [whole, marker] = (at < 0 ? undefined : form.exec(body.slice(at))) ?? [];
  if (whole === undefined || marker === undefined) return undefined;
  return { marker, rest: `${trimEndSigns(body.slice(0, at), '\n')}\n\n${body.slice(at + whole.length).trimStart()}` };
}

export function hasMarker(release: Pick<SentRelease, 'body'>, marker: string): boolean {
  return markerIn(release) === marker;
}

export function releaseFrom(sent: SentRelease): GithubRelease {
  return {
    id: sent.id,
    tag: sent.tag_name,
    name: sent.name ?? sent.tag_name,
    body: (markIn(sent.body ?? '')?.rest ?? sent.body ?? '').trim(),
    url: sent.html_url,
    draft: sent.draft,
    prerelease: sent.prerelease,
    target: sent.target_commitish,
  };
}
