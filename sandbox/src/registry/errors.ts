/** The error codes of the OCI distribution specification that this registry gives, with their HTTP status and standing message. */
const codes = {
  BLOB_UNKNOWN: [404, 'blob unknown to registry'],
  BLOB_UPLOAD_INVALID: [416, 'blob upload invalid'],
  BLOB_UPLOAD_UNKNOWN: [404, 'blob upload unknown to registry'],
  DENIED: [403, 'requested access to the resource is denied'],
  DIGEST_INVALID: [400, 'provided digest did not match uploaded content'],
  MANIFEST_BLOB_UNKNOWN: [400, 'blob unknown to registry'],
  MANIFEST_INVALID: [400, 'manifest invalid'],
  MANIFEST_UNKNOWN: [404, 'manifest unknown'],
  NAME_INVALID: [400, 'invalid repository name'],
  NAME_UNKNOWN: [404, 'repository name not known to registry'],
  PAGINATION_NUMBER_INVALID: [400, 'invalid number of results requested'],
  SIZE_INVALID: [400, 'provided length did not match content length'],
  TAG_INVALID: [400, 'manifest tag did not match URI'],
  UNKNOWN: [500, 'unknown error'],
  UNSUPPORTED: [405, 'the operation is unsupported'],
} as const satisfies Record<string, readonly [number, string]>;

export type RegistryErrorCode = keyof typeof codes;

/** A refusal that a registry client can read: `{errors: [{code, message, detail}]}` with the HTTP status of its code. */
export class RegistryError extends Error {
  readonly code: RegistryErrorCode;
  readonly detail: unknown;

  constructor(code: RegistryErrorCode, detail?: unknown, message: string = codes[code][1]) {
    super(message);
    this.code = code;
    this.detail = detail;
  }

  get status(): number {
    return codes[this.code][0];
  }

  toJSON(): object {
    return { errors: [{ code: this.code, message: this.message, detail: this.detail ?? null }] };
  }
}
