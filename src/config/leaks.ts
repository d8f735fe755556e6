import type { SourceDocument } from './document.ts';
import type { Mistake } from './mistakes.ts';

const secretKey = /(^|[-_.])(token|password|passwd|secret|api[-_]?key|private[-_]?key|credentials?)$/i;

/** Forms of secrets, and where each of them belongs. */
const secretForms: readonly { readonly form: RegExp; readonly remedy: string }[] = [
  { form: /\bxox[a-z]-/, remedy: 'set the environment variable SLACK_BOT_TOKEN, or SLACK_BOT_TOKEN_FILE' },
  { form: /\bxapp-/, remedy: 'set the environment variable SLACK_APP_TOKEN, or SLACK_APP_TOKEN_FILE' },
  { form: /\b(gh[opsur]_|github_pat_)/, remedy: 'set the environment variable GITHUB_TOKEN, or GITHUB_TOKEN_FILE' },
  { form: /-----BEGIN [A-Z ]*PRIVATE KEY-----/, remedy: 'mount it as a file and name the file' },
  {
    form: /\b[a-z][a-z0-9+]*:\/\/[^\s/:@]*:[^\s/@]+@/i,
    remedy: 'leave user and password out of the URL and set GIT_USERNAME and GIT_PASSWORD (REGISTRY_… for a registry)',
  },
];
const anyRemedy = 'give it to the bot by an environment variable, or to a job by a Secret of the cluster';

/** Secrets that stand in the file. Their values are not repeated. */
export function leaks(source: SourceDocument): Mistake[] {
  return [...source.texts()].flatMap(({ path, text }) => {
    const form = secretForms.find((candidate) => candidate.form.test(text));
    const named = text !== '' && secretKey.test(String(path.at(-1) ?? ''));
    if (!form && !named) return [];
    return [source.mistake(path, `found what looks like a secret, and secrets never stand in this file; ${form?.remedy ?? anyRemedy}`)];
  });
}

/** The other mistakes, without those at the place of a leak: their texts could repeat the secret. */
export function besides(leaked: readonly Mistake[], mistakes: readonly Mistake[]): Mistake[] {
  const places = new Set(leaked.map(({ path }) => path));
  return mistakes.filter(({ path }) => !places.has(path));
}
