/** An image's name, taken apart: `registry` is empty where the name says none. */
export interface ImageName {
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
}

export function imageName(text: string): ImageName {
  const [, head = text, digest] = /^(.*)@(sha256:\w+)$/.exec(text) ?? [];
  const [, path = head, tag = 'latest'] = /^(.*?)(?::([^:/]+))?$/.exec(head) ?? [];
  const [, registry = '', repository = path] = /^([\w-]+\.[\w.-]+|[\w.-]+:\d+)\/(.*)$/.exec(path) ?? [];
  return { registry, repository, tag: digest ?? tag };
}

/** The name with the registry that Makisu pulls from: Docker Hub where none is said. */
export function imageNameForPull(text: string): ImageName {
  const name = imageName(text);
  if (name.registry !== '' || isScratch(text)) return name;
  return {
    ...name,
    registry: 'index.docker.io',
    repository: name.repository.includes('/') ? name.repository : `library/${name.repository}`,
  };
}

export const isScratch = (text: string): boolean => /^scratch(:latest)?$/i.test(text);

/** `repository:tag`, or `repository@digest`. */
export const shortName = ({ repository, tag }: ImageName): string => `${repository}${tag.includes(':') ? '@' : ':'}${tag}`;

export const fullName = (name: ImageName): string => (name.registry === '' ? shortName(name) : `${name.registry}/${shortName(name)}`);
