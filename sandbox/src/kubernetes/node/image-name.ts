/** Image references, read as container runtimes read them: `busybox` is `docker.io/library/busybox:latest`. */

export interface ImageName {
  /** The registry's name, as the node says it. */
  host: string;
  repository: string;
  /** A tag, or a digest (`sha256:…`) where the reference has one. */
  reference: string;
  /** The whole reference with nothing left out. */
  full: string;
}

const isHost = (part: string): boolean => part.includes('.') || part.includes(':') || part === 'localhost';

/** Undefined where the text is no reference (`InvalidImageName`). */
export function imageName(image: string): ImageName | undefined {
  const [, path = '', tag, digest] = /^([^@\s]+?)(?::([\w][\w.-]{0,127}))?(?:@(sha256:[a-f0-9]{64}))?$/.exec(image) ?? [];
  const parts = path.split('/');
  const [first = ''] = parts;
  const named = parts.length > 1 && isHost(first);
  const host = named ? first : 'docker.io';
  const rest = (named ? parts.slice(1) : parts).join('/');
  const repository = host === 'docker.io' && !rest.includes('/') ? `library/${rest}` : rest;
  if (!/^[a-z0-9]+([._/-]+[a-z0-9]+)*$/.test(repository)) return undefined;
  const reference = digest ?? tag ?? 'latest';
  return { host, repository, reference, full: `${host}/${repository}${digest ? '@' : ':'}${reference}` };
}
