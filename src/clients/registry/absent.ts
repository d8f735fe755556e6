import { registryErrors } from './registry-errors.ts';

/** `bare`: a 404 that names no reason. It is one of the image only if the server is known to be a registry that grants access. */
export type Absence = 'absent' | 'bare' | 'no';

/**
 * Error codes with which a registry says that there is no such image or no such name. NOT_FOUND is Harbor's for both, TAG_EXPIRED that of
 * Quay for a tag that was deleted; the others are those of the distribution specification.
 */
const unknownCodes = new Set(['MANIFEST_UNKNOWN', 'NAME_UNKNOWN', 'NOT_FOUND', 'TAG_EXPIRED']);

/**
 * Whether a response to a request for a manifest says that there is none. The specification demands status 404 and leaves the body open:
 * it is empty, plain text, a page, or JSON without a code from some registries and the proxies in front of them (Artifactory, Gitea,
 * registry.redhat.io with the code UNKNOWN). A 404 with any other code is something else, such as missing rights.
 */
export function absenceIn({ status, text }: { readonly status: number; text(): string }): Absence {
  if (status !== 404) return 'no';
  const body = text();
  const errors = registryErrors(body);
  // What begins like JSON and is none was cut off.
  if (!errors) return /^\s*[{[]/.test(body) ? 'no' : 'bare';
  const codes = errors.flatMap(({ code }) => code ?? []);
  if (codes.some((code) => unknownCodes.has(code))) return 'absent';
  return codes.every((code) => code === 'UNKNOWN') ? 'bare' : 'no';
}
