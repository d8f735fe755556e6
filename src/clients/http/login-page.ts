/** The little of an answer that tells a page from data. */
interface Head {
  readonly status: number;
  /** By lower-case name. */
  header(name: string): string | undefined | null;
}

/**
 * Whether a page for people came where data was asked for: some servers, portals and proxies show one to whom they do not know, as a success (200, or 203
 * of Azure DevOps), or lead to it.
 */
export function isPage({ status, header }: Head): boolean {
  const type = header('content-type') ?? '';
  return status === 203 || (status >= 200 && status < 300 && /^\s*(text\/html|application\/xhtml)/i.test(type));
}

/**
 * @param what what was asked for, in words
 * @param remedy what to do about the login, as a sentence without its point
 */
export function pageInstead(host: string, what: string, remedy: string): string {
  return `${host} returned a login page instead of ${what}: ${remedy}. The page of a proxy or a portal in between looks the same`;
}

/** The same page, to which an answer leads instead of showing it. */
export function ledAway(host: string, to: string, what: string, remedy: string): string {
  return `${host} redirected to ${to} instead of returning ${what}; redirects are not followed: ${remedy}. A login page in between looks the same`;
}
