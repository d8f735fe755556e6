const none = 'is not a private key; it must be the full contents of the file that ssh-keygen wrote (-----BEGIN OPENSSH PRIVATE KEY----- …)';

/** What is wrong with an ssh login's private key; undefined: nothing that can be detected. The key is not repeated. */
export function keyIssue(key: string): string | undefined {
  const [, kind, body = ''] = /^-----BEGIN ((?:[A-Z]+ )*PRIVATE KEY)-----([\s\S]+)-----END \1-----$/.exec(wholeKey(key).trim()) ?? [];
  if (kind === undefined) return none;
  const cipher = kind.startsWith('OPENSSH') ? cipherOf(body) : undefined;
  if (kind.startsWith('OPENSSH') && cipher === undefined) return none;
  if (/ENCRYPTED/.test(kind + body) || (cipher !== undefined && cipher !== 'none')) {
    return 'has a passphrase, and nobody can type it in; create a key without one (ssh-keygen -N "")';
  }
  return undefined;
}

/** An environment variable often has line breaks as literal `\n`, and ssh requires the final one, too. */
export function wholeKey(key: string): string {
  return `${key.replaceAll('\\n', '\n').replaceAll('\r\n', '\n').trim()}\n`;
}

/** The OpenSSH format names its cipher after `openssh-key-v1` and a zero byte (OpenSSH's PROTOCOL.key): `none` without a passphrase. */
function cipherOf(body: string): string | undefined {
  const bytes = Buffer.from(body, 'base64');
  if (bytes.length < 19 || bytes.subarray(0, 14).toString('latin1') !== 'openssh-key-v1') return undefined;
  return bytes.subarray(19, 19 + bytes.readUInt32BE(15)).toString('latin1');
}
