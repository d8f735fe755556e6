import { z } from 'zod';
import { insideFolder, map, text } from './forms.ts';

const versionFrom = ['readme', 'adoc', 'file', 'package', 'tags'] as const;
const versionWrite = ['commit', 'pull-request', 'none'] as const;

/** Where a repository's version is kept, and what a bump does. */
export const version = map({
  from: z
    .enum(versionFrom, { error: `one of ${versionFrom.join(', ')}` })
    .describe(
      'A `<repo-version>` tag in README.md, `:Revision:` in README.adoc, a file that contains only the version, `version` in package.json, or the newest git tag.',
    ),
  path: insideFolder('a file in the repository')
    .optional()
    .meta({ description: 'The file, if it is a different one.', byDefault: '`README.md`, `README.adoc`, `VERSION`, `package.json`' }),
  prefix: text('text that a tag can start with, at most 40 characters', /^(?![-/.])[\w./-]{0,40}$/)
    .default('v')
    .describe('Prefix of tag names, before the version.'),
  write: z
    .enum(versionWrite, { error: `one of ${versionWrite.join(', ')}` })
    .default('none')
    .describe(
      'How `/cox version` writes a bump: as a `commit` on the branch, as a `pull-request` (on GitHub), or `none`, which only shows it.',
    ),
});
