import { z } from 'zod';
import { insideFolder, map, text } from './forms.ts';

const versionFrom = ['readme', 'adoc', 'file', 'package', 'tags'] as const;
const versionWrite = ['commit', 'pull-request', 'none'] as const;

/** Where a repository's version stands, and what becomes of a bump. */
export const version = map({
  from: z
    .enum(versionFrom, { error: `one of ${versionFrom.join(', ')}` })
    .describe(
      'A `<repo-version>` tag in README.md, `:Revision:` in README.adoc, a file of nothing else, `version` in package.json, or the newest git tag.',
    ),
  path: insideFolder('a file of the repository')
    .optional()
    .meta({ description: 'The file, if it is another.', byDefault: '`README.md`, `README.adoc`, `VERSION`, `package.json`' }),
  prefix: text('text that a tag may begin with, at most 40 characters', /^(?![-/.])[\w./-]{0,40}$/)
    .default('v')
    .describe('What stands before the version in the name of a tag.'),
  write: z
    .enum(versionWrite, { error: `one of ${versionWrite.join(', ')}` })
    .default('none')
    .describe(
      'What `/cox version` makes of a bump: a `commit` on the branch, a `pull-request` (on GitHub), or `none`, which only shows it.',
    ),
});
