/**
 * Whether a credential configured for one address may be sent to another: the one rule for all. Never from TLS to clear text, never to
 * an address that contains a user, and to another host or port only if `elsewhere` allows it.
 * @param home the address that the configuration or the environment assigns the credential to
 */
export function mayGo(to: URL, home: URL, elsewhere: (to: URL) => boolean = () => false): boolean {
  if (to.username || to.password) return false;
  if (isSecure(home) && !isSecure(to)) return false;
  if (to.hostname === home.hostname && (portOf(to) === portOf(home) || (isSecure(to) && !isSecure(home)))) return true;
  return elsewhere(to);
}

/** The port, or the scheme's default if none is given. */
export function portOf({ port, protocol }: URL): string {
  return port || ({ 'https:': '443', 'wss:': '443', 'http:': '80', 'ws:': '80', 'ssh:': '22', 'git+ssh:': '22' }[protocol] ?? '');
}

function isSecure({ protocol }: URL): boolean {
  return protocol === 'https:' || protocol === 'wss:';
}
