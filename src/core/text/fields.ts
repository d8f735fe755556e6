import { cut, cutPoints } from './cut.ts';
import { visibleLine } from './visible.ts';

/** Characters outside the Basic Multilingual Plane, with their joiners, which some services cannot store. */
const beyondBasic = /(?:[\u{10000}-\u{10ffff}][\u200d\ufe0e\ufe0f]*)+/gu;

/**
 * A text as the description of a GitHub commit status: one line of at most 140 characters, none of which takes four bytes in UTF-8.
 * GitHub answers 422 otherwise: "description doesn't accept 4-byte Unicode", "description is too long (maximum is 140 characters)".
 */
export function statusDescription(text: string): string {
  return cut(visibleLine(text.slice(0, 2_000)).replace(beyondBasic, '\ufffd'), 140);
}

/** Markdown as the body of a GitHub release, which may have 125,000 characters; some are reserved for our marker. */
export function releaseBody(text: string): string {
  const whole = text.replaceAll('\r\n', '\n').replaceAll('\0', '\ufffd').toWellFormed().trim();
  return cutPoints(whole, 120_000, '\n\n…');
}

/** A GitHub release asset must be smaller than this. https://docs.github.com/repositories/releasing-projects-on-github/about-releases */
export const mostAssetBytes = 2 * 1024 ** 3;
const longestAsset = 200;

/**
 * The name that GitHub gives an uploaded file: accents are removed, anything but letters, digits and `-_+@` becomes a dot,
 * and dots are neither repeated nor leading or trailing. A name of more than 200 characters loses its middle, to keep its extension.
 * Idempotent.
 * Source: https://docs.github.com/rest/releases/assets#upload-a-release-asset, and what `gh release upload` assumes.
 */
export function assetName(file: string): string {
  const plain = file.normalize('NFD').replaceAll(/\p{M}/gu, '');
  const named = plain.startsWith('.') ? `default${plain}` : plain;
  const name = named.replaceAll(/[^A-Za-z0-9_+@-]+/g, '.').replaceAll(/^\.|\.$/g, '');
  if (name === '') return 'default';
  const whole = name === file || name.includes('.') ? name : `default.${name}`;
  return whole.length <= longestAsset ? whole : `${whole.slice(0, longestAsset - 61)}.${whole.slice(-60)}`.replaceAll(/\.{2,}/g, '.');
}

/** A file name that every system and Slack accept: letters, digits, `.`, `_` and `-`, at most 120 of them, without a leading dot. */
export function fileName(text: string): string {
  const name = text
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replaceAll(/\.{2,}/g, '.')
    .replace(/^[.-]+/, '');
  return (name.length <= 120 ? name : `${name.slice(0, 90)}-${name.slice(-29)}`) || 'file';
}
