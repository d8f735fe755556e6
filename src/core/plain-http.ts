/** What decides how pods speak to a registry. */
export interface RegistryPlace {
  /** host[:port], as pods reach it. */
  readonly push: string;
  /** The URL at which the bot reaches it. */
  readonly api: string;
  readonly ca?: string;
  /** What the configuration says. */
  readonly plain?: boolean;
}

/**
 * Whether pods use plain HTTP for a registry. Its `api` only tells how the bot speaks to it, maybe at another address; where that is plain
 * HTTP, it is taken for `push` too if that is the same address, or one inside of the cluster: to any other one, a password goes over TLS only.
 */
export function isPlain({ push, api, ca, plain }: RegistryPlace): boolean {
  if (plain !== undefined) return plain;
  if (!api.startsWith('http:') || !URL.canParse(api)) return false;
  if (hostOf(push) === new URL(api).host) return true;
  return ca === undefined && isInCluster(push);
}

/** A `push` address in one form of several: lower case, without the port that http has anyway. */
export function hostOf(push: string): string {
  return URL.canParse(`http://${push}`) ? new URL(`http://${push}`).host : push;
}

/** A name that only means something inside of a cluster, with a port of its own. */
function isInCluster(push: string): boolean {
  const [name = '', port = '443'] = push.split(':');
  return port !== '443' && /^[^.]+$|\.svc$|\.svc\.|\.cluster\.local$/i.test(name);
}
