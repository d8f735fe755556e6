/** The parts of a response that distinguish a page from data. */
interface Head {
  readonly status: number;
  /** By lower-case name. */
  header(name: string): string | undefined | null;
}

/**
 * Whether an HTML page was returned instead of data: some servers, portals and proxies show unauthenticated clients a login page with
 * a success status (200, or 203 for Azure DevOps), or redirect to it.
 */
export function isPage({ status, header }: Head): boolean {
  const type = header('content-type') ?? '';
  return status === 203 || (status >= 200 && status < 300 && /^\s*(text\/html|application\/xhtml)/i.test(type));
}

/**
 * @param what what was requested, in words
 * @param remedy what to do about the login, as a sentence without its period
 */
export function pageInstead(host: string, what: string, remedy: string): string {
  return `${host} returned a login page instead of ${what}: ${remedy}. The page of a proxy or a portal in between looks the same`;
}

/** The same for a redirect to such a page. */
export function ledAway(host: string, to: string, what: string, remedy: string): string {
  return `${host} redirected to ${to} instead of returning ${what}; redirects are not followed: ${remedy}. A login page in between looks the same`;
}
