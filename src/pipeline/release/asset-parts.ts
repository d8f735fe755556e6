import type { AssetPart } from '../../core/run/release-run.ts';
import type { Asset } from './ports.ts';

/** The files of a release before they are uploaded; what an earlier attempt has uploaded keeps its number on GitHub. */
export function partsOf(assets: readonly Asset[], before: readonly AssetPart[]): AssetPart[] {
  return assets.map(({ name, bytes, sha256 }) => {
    const known = before.find((one) => one.name === name && one.bytes === bytes && one.sha256 === sha256);
    return { name, bytes, ...(sha256 && { sha256 }), uploaded: false, ...(known?.id && { id: known.id }) };
  });
}

/** The file after its upload: GitHub decides on number and name. */
export function uploadedAs({ as: _before, ...part }: AssetPart, { id, name }: { readonly id: number; readonly name: string }): AssetPart {
  return { ...part, uploaded: true, id, ...(name !== part.name && { as: name }) };
}

/** The files as GitHub has them. */
export function sentOf(parts: readonly AssetPart[]) {
  return parts.map(({ name, as = name, bytes, sha256, id }) => ({ name: as, bytes, ...(sha256 && { sha256 }), ...(id && { id }) }));
}
