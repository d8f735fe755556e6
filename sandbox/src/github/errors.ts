/** One entry of `errors` in an answer of 422. */
export interface Reason {
  readonly resource: string;
  readonly code: string;
  readonly field?: string;
  readonly message?: string;
  readonly value?: string;
}

/** A refusal as GitHub words it: `{message, errors?, documentation_url, status}`. */
export class Refusal extends Error {
  readonly status: number;
  readonly reasons: readonly Reason[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, reasons?: readonly Reason[], headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.reasons = reasons;
    this.headers = headers;
  }

  toJSON(): object {
    const errors = this.reasons && { errors: this.reasons };
    return { message: this.message, ...errors, documentation_url: 'https://docs.github.com/rest', status: String(this.status) };
  }
}

export const notFound = (message = 'Not Found'): Refusal => new Refusal(404, message);

export const invalid = (...reasons: readonly Reason[]): Refusal => new Refusal(422, 'Validation Failed', reasons);

/** A needed field that was not sent. */
export const missing = (field: string): Refusal => new Refusal(422, `Invalid request.\n\n"${field}" wasn't supplied.`);
