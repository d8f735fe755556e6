import { z } from 'zod';
import { durationForm, durationLetters, durationOf } from './durations.ts';

/** A map that accepts only these keys. The error message for an unknown key is the list of the known ones. */
export function map<S extends z.ZodRawShape>(shape: S) {
  const keys = Object.keys(shape).join(', ');
  return z.strictObject(shape, { error: (issue) => (issue.code === 'unrecognized_keys' ? keys : `a map with the keys ${keys}`) });
}

/** A string of a given form; `allowed` describes it. */
export function text(allowed: string, form: RegExp) {
  return z.string({ error: allowed }).regex(form, { error: allowed });
}

export function list<S extends z.ZodType>(item: S, allowed: string) {
  return z.array(item, { error: allowed });
}

export function count(least: number) {
  const allowed = `a whole number, at least ${least}`;
  return z.int({ error: allowed }).min(least, { error: allowed });
}

const milliseconds = text(durationForm, durationLetters).transform((written, context) => {
  const value = durationOf(written);
  if (value === undefined) context.addIssue({ code: 'custom', message: durationForm });
  return value ?? 0;
});

export function duration(byDefault: string) {
  return milliseconds.default(durationOf(byDefault) ?? 0).meta({ byDefault });
}

/** A port above 65535, and an address such as 300.1.1.1, have the form of one and cannot be connected to. */
export function existing(what: string): [(written: string) => boolean, { error: string }] {
  const canConnect = (written: string) => {
    const url = written.includes('://') ? written : `http://${written}`;
    return URL.canParse(url) && new URL(url).port !== '0';
  };
  return [canConnect, { error: `${what} with a host that exists and a port of 1 to 65535` }];
}

export const slug = '[a-z0-9]([a-z0-9-]*[a-z0-9])?';
export const host = '[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?';
export const hostPort = text('host:port, without http://', new RegExp(`^${host}(:\\d{1,5})?$`)).refine(...existing('host:port'));
/** What image tools take for a registry: a first part without dot and port, other than localhost, is a name on Docker Hub to them. */
export const registryHost = hostPort.refine((written) => /[.:]/.test(written) || written === 'localhost', {
  error: 'host:port; a name without a dot needs its port (NAME:80, NAME:443 for TLS), since image tools take it for a name on Docker Hub',
});
/** An http or https URL that is nothing but scheme, host and port. */
export const serverUrl = text('an http or https URL without user, path and query', new RegExp(`^https?://${host}(:\\d{1,5})?/?$`)).refine(
  ...existing('an http or https URL'),
);
/** For an address whose port has no default. */
export const hostAndPort = text('host:port, without redis:// or http://', new RegExp(`^${host}:\\d{1,5}$`)).refine(
  ...existing('host:port'),
);
export const channel = text(
  'a channel as "#name", in quotes (without them YAML reads # as a comment), or as its id C…',
  /^(#[^\s#,]{1,80}|[CG][A-Z0-9]{6,})$/,
);
export const insideFolder = (allowed: string) =>
  text(`${allowed}: a relative path without ..`, /^(?![/-])(?!(.*\/)?\.\.(\/|$))[^\0\n\r\\]+$/);
export const imageName = text(
  'an image name without host and tag, in lower case, such as team/runner',
  /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$/,
);
export const branch = text('a branch name, or a glob such as "feature/*"', /^(?!-)[^\s~^:[\\]+$/);
/** `docker.io/alpine/git:v2.47.2`: a name without a host may resolve differently on each node, and one without a tag would change. */
export const imageReference = text(
  'a full image reference with host and tag or digest, such as docker.io/alpine/git:v2.47.2',
  new RegExp(
    `^(?=[^/]*[.:]|localhost/)${host}(:\\d{1,5})?(/[a-z0-9]+([._-]+[a-z0-9]+)*)+(:\\w[\\w.-]{0,127}(@sha256:[0-9a-f]{64})?|@sha256:[0-9a-f]{64})$`,
  ),
);
