interface Descriptor {
  readonly mediaType?: string;
  readonly digest?: string;
  readonly size?: number;
}

/** The fields of a manifest that a registry reads (image-spec, manifest.md and image-index.md). */
export interface ManifestBody {
  readonly schemaVersion?: number;
  readonly mediaType?: string;
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
  readonly manifests?: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface StoredManifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
}
