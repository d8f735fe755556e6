import { createHash } from 'node:crypto';

export interface RawManifest {
  readonly body: Buffer;
  readonly mediaType: string;
}

/** Where an image is read from, or written to. */
export interface Place {
  /** As errors name it. */
  readonly name: string;
  /** Absent: the image that the place names. */
  manifest(digest?: string): Promise<RawManifest>;
  blob(digest: string): Promise<Buffer>;
  has(digest: string): Promise<boolean>;
  putBlob(digest: string, bytes: Buffer): Promise<void>;
  /** Absent digest: under the tag that the place names. */
  putManifest(manifest: RawManifest, digest?: string): Promise<void>;
}

export interface PlaceOptions {
  readonly registries: Readonly<Record<string, string>>;
  readonly plain: boolean;
  readonly authFile: string | undefined;
}

export const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
