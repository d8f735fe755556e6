/** Names of objects: what is allowed (RFC 1123, k8s.io/apimachinery/pkg/util/validation), and the random ends of generated ones. */
import { randomInt } from 'node:crypto';

const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const labelValue = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;

const labelRule =
  `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric ` +
  `character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')`;
const subdomainRule =
  `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an ` +
  `alphanumeric character (e.g. 'example.com', regex used for validation is ` +
  `'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`;
const valueRule =
  `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an ` +
  `alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is ` +
  `'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`;

const longest = (limit: number, unit: string): string => `must be no more than ${limit} ${unit}`;

const problems = (text: string, limit: number, pattern: RegExp, rule: string, unit = 'characters'): string[] => [
  ...(text.length > limit ? [longest(limit, unit)] : []),
  ...(pattern.test(text) ? [] : [rule]),
];

/** What is wrong with a name that must be one DNS label: namespaces, services, containers. */
export const labelProblems = (name: string): string[] => problems(name, 63, label, labelRule);

/** What is wrong with a name that may have dots: most kinds. */
export const subdomainProblems = (name: string): string[] => problems(name, 253, subdomain, subdomainRule);

export const labelValueProblems = (value: string): string[] => problems(value, 63, labelValue, valueRule, 'bytes');

// No vowels and no digits that look like letters, as k8s.io/apimachinery/pkg/util/rand has it.
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

const randomSuffix = (length = 5): string => Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');

/** `base` and five random characters; the base is cut where the whole would be over 63. */
export const generatedName = (base: string): string => `${base.slice(0, 58)}${randomSuffix()}`;
