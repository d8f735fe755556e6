import { cut, cutPoints } from './cut.ts';
import { visibleLine } from './visible.ts';

/** Characters beyond the first 65,536, with what joins them, which some services keep no room for. */
const beyondBasic = /(?:[\u{10000}-\u{10ffff}][\u200d\ufe0e\ufe0f]*)+/gu;

/**
 * A text as the description of a commit status on GitHub: one line of at most 140 characters, none of which takes four bytes in UTF-8.
 * GitHub answers 422 otherwise: "description doesn't accept 4-byte Unicode", "description is too long (maximum is 140 characters)".
 */
export function statusDescription(text: string): string {
  return cut(visibleLine(text.slice(0, 2_000)).replace(beyondBasic, '\ufffd'), 140);
}

/** Markdown as the body of a release on GitHub, which takes 125,000 characters; some are left for a mark of ours. */
export function releaseBody(text: string): string {
  const whole = text.replaceAll('\r\n', '\n').replaceAll('\0', '\ufffd').toWellFormed().trim();
  return cutPoints(whole, 120_000, '\n\n…');
}

/** A file of a GitHub release is smaller than this. https://docs.github.com/repositories/releasing-projects-on-github/about-releases */
export const mostAssetBytes = 2 * 1024 ** 3;
const longestAsset = 200;

/**
 * The name that GitHub gives an uploaded file: letters lose their accents, what is neither letter, digit nor one of `-_+@` becomes a dot,
 * dots neither repeat nor stand at an end. A longer one than 200 characters loses its middle, so that it keeps its ending.
 * A name that it gives it gives again.
 * Source: https://docs.github.com/rest/releases/assets#upload-a-release-asset, and what `gh release upload` reckons with.
 */
export function assetName(file: string): string {
  const plain = file.normalize('NFD').replaceAll(/\p{M}/gu, '');
  const named = plain.startsWith('.') ? `default${plain}` : plain;
  const name = named.replaceAll(/[^A-Za-z0-9_+@-]+/g, '.').replaceAll(/^\.|\.$/g, '');
  if (name === '') return 'default';
  const whole = name === file || name.includes('.') ? name : `default.${name}`;
  return whole.length <= longestAsset ? whole : `${whole.slice(0, longestAsset - 61)}.${whole.slice(-60)}`.replaceAll(/\.{2,}/g, '.');
}

/** A name of a file that every system and Slack take: letters, digits, `.`, `_` and `-`, at most 120 of them, and no dot at its start. */
export function fileName(text: string): string {
  const name = text
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replaceAll(/\.{2,}/g, '.')
    .replace(/^[.-]+/, '');
  return (name.length <= 120 ? name : `${name.slice(0, 90)}-${name.slice(-29)}`) || 'file';
}
