/** The API's errors: a `Status` object (meta/v1) with the codes, reasons and sentences of k8s.io/apimachinery/pkg/api/errors. */

export interface StatusCause {
  reason?: string;
  message?: string;
  field?: string;
}

export interface StatusDetails {
  name?: string;
  group?: string;
  kind?: string;
  uid?: string;
  causes?: StatusCause[];
}

export interface Status {
  kind: 'Status';
  apiVersion: 'v1';
  metadata: object;
  status: 'Success' | 'Failure';
  message?: string;
  reason?: string;
  details?: StatusDetails;
  /** Not said where something was deleted. */
  code?: number;
}

/** What an error is about: the plural of the resource and its API group (empty for core). */
export interface Subject {
  plural: string;
  group: string;
}

export class StatusError extends Error {
  readonly status: Status;

  constructor(code: number, reason: string, message: string, details?: StatusDetails) {
    super(message);
    const said = { message, ...(reason && { reason }), ...(details && { details }) };
    this.status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', ...said, code };
  }
}

const qualified = ({ plural, group }: Subject): string => (group ? `${plural}.${group}` : plural);

const detailsOf = (subject: Subject, name: string): StatusDetails => ({
  name,
  ...(subject.group && { group: subject.group }),
  kind: subject.plural,
});

export const notFound = (subject: Subject, name: string): StatusError =>
  new StatusError(404, 'NotFound', `${qualified(subject)} "${name}" not found`, detailsOf(subject, name));

export const pathNotFound = (): StatusError => new StatusError(404, 'NotFound', 'the server could not find the requested resource', {});

export const alreadyExists = (subject: Subject, name: string): StatusError =>
  new StatusError(409, 'AlreadyExists', `${qualified(subject)} "${name}" already exists`, detailsOf(subject, name));

export const conflict = (subject: Subject, name: string, why: string): StatusError =>
  new StatusError(409, 'Conflict', `Operation cannot be fulfilled on ${qualified(subject)} "${name}": ${why}`, detailsOf(subject, name));

export const staleVersion = (subject: Subject, name: string): StatusError =>
  conflict(subject, name, 'the object has been modified; please apply your changes to the latest version and try again');

export const forbidden = (subject: Subject, name: string, why: string, causes?: StatusCause[]): StatusError => {
  const about = name ? `${qualified(subject)} "${name}" is forbidden` : `${qualified(subject)} is forbidden`;
  return new StatusError(403, 'Forbidden', `${about}: ${why}`, { ...detailsOf(subject, name), ...(causes && { causes }) });
};

/** A cause for `invalid`: something that must be there is not. */
export const required = (field: string, why = ''): StatusCause => ({
  reason: 'FieldValueRequired',
  message: `Required value${why && `: ${why}`}`,
  field,
});

/** A cause for `invalid`: a value that is not allowed. */
export const invalidValue = (field: string, value: unknown, why: string): StatusCause => ({
  reason: 'FieldValueInvalid',
  message: `Invalid value: ${JSON.stringify(value)}: ${why}`,
  field,
});

/** 422 with one cause for each mistake; the sentence lists them as the API server does. */
export function invalid(kind: string, group: string, name: string, causes: StatusCause[]): StatusError {
  const sentences = [...new Set(causes.map(({ field, message }) => `${field}: ${message}`))];
  const listed = sentences.length === 1 ? sentences[0] : `[${sentences.join(', ')}]`;
  const message = `${group ? `${kind}.${group}` : kind} "${name}" is invalid: ${listed}`;
  return new StatusError(422, 'Invalid', message, { ...(name && { name }), ...(group && { group }), kind, causes });
}

export const badRequest = (message: string): StatusError => new StatusError(400, 'BadRequest', message);

export const expired = (message: string): StatusError => new StatusError(410, 'Expired', message);

export const methodNotAllowed = (): StatusError =>
  new StatusError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});

/** A patch of a type that is none. */
export const unsupportedPatch = (): StatusError => new StatusError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});

export const unsupportedMediaType = (found: string): StatusError =>
  new StatusError(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format (${found}) - accepted media types include: application/json, application/yaml, ` +
      `application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, application/apply-patch+yaml`,
    {},
  );
