import { redactor } from '../core/redaction/redactor.ts';
import type { ConfigIssue } from './config-error.ts';
import type { SourceDocument } from './document.ts';

const secretKey = /(^|[-_.])(token|password|passwd|secret|api[-_]?key|private[-_]?key|credentials?)$/i;

/** Where the bot's own secrets belong. */
const remedies: readonly { readonly form: RegExp; readonly remedy: string }[] = [
  { form: /\bxox[a-z]-/, remedy: 'set the environment variable SLACK_BOT_TOKEN, or SLACK_BOT_TOKEN_FILE' },
  { form: /\bxapp-/, remedy: 'set the environment variable SLACK_APP_TOKEN, or SLACK_APP_TOKEN_FILE' },
  { form: /\b(gh[opsur]_|github_pat_)/, remedy: 'set the environment variable GITHUB_TOKEN, or GITHUB_TOKEN_FILE' },
  {
    form: /(?<!ssh):\/\/[^\s/@]*@|:\/\/[^\s/@:]*:[^\s/@]*@/,
    remedy:
      'remove the user and password from the URL and supply them through git.logins and environment variables (REGISTRY_… for a registry)',
  },
];
const anyRemedy = 'pass it to the bot in an environment variable, or to a job in a Secret in the cluster';

/** Secrets in the file: recognized by their key's name, or as anything that would be redacted in a log. Their values are not repeated. */
export function leaks(source: SourceDocument): ConfigIssue[] {
  const withoutSecrets = redactor([]);
  return [...source.texts()].flatMap(({ path, text }) => {
    const remedy = remedies.find(({ form }) => form.test(text))?.remedy;
    const named = text !== '' && secretKey.test(String(path.at(-1) ?? '')) && !isNameOfLogin(path, text);
    if (!remedy && !named && withoutSecrets(text) === text) return [];
    return [source.mistake(path, `found what looks like a secret, and secrets do not belong in this file; ${remedy ?? anyRemedy}`)];
  });
}

/** `git.logins[…].secret` names environment variables. */
function isNameOfLogin(path: readonly (string | number)[], text: string): boolean {
  return /^git\.logins\.\d+\.secret$/.test(path.join('.')) && /^[A-Z][A-Z0-9_]{0,40}$/.test(text);
}

/** The other issues, without those at the location of a leak: their messages could repeat the secret. */
export function besides(leaked: readonly ConfigIssue[], issues: readonly ConfigIssue[]): ConfigIssue[] {
  const places = new Set(leaked.map(({ path }) => path));
  return issues.filter(({ path }) => !places.has(path));
}
