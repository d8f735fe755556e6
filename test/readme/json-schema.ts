import { z } from 'zod';
import { durationLetters } from '../../src/config/durations.ts';
import { schema } from '../../src/config/schema.ts';

/** The JSON schema of `coxswain.yaml` as people write it, for editors: draft 7, which all of them know. @throws Error for a type that it cannot say */
export function jsonSchema(): object {
  const made = z.toJSONSchema(schema, { io: 'input', target: 'draft-7', override: ({ jsonSchema: node }) => inOwnWords(node) });
  return { title: 'coxswain.yaml', ...made };
}

/** What holds where a key is absent is a `default`, or a sentence where it is no value. */
function inOwnWords(node: { byDefault?: unknown; default?: unknown; description?: string; maximum?: number }): void {
  const { byDefault } = node;
  delete node.byDefault;
  if (typeof byDefault === 'string' && durationLetters.test(byDefault)) node.default = byDefault;
  else if (typeof byDefault === 'string') {
    delete node.default;
    node.description = `${node.description} By default ${byDefault}.`;
  }
  if (node.maximum === Number.MAX_SAFE_INTEGER) delete node.maximum;
}
