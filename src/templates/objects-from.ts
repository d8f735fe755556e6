import type { KubernetesObject } from '../core/cluster.ts';
import { messageOf, UserError } from '../core/errors.ts';
import type { TemplateSource } from '../core/template-source.ts';
import { toObjects } from './objects.ts';
import { parseTemplate } from './parse.ts';
import { render } from './render.ts';

/**
 * The Kubernetes objects that a template produces with these values.
 * @throws UserError for any error, even if the renderer itself fails: it would fail again with the same text and values
 */
export function objectsFrom({ name, text, partials }: TemplateSource, values: Readonly<Record<string, unknown>>): KubernetesObject[] {
  try {
    return toObjects(name, render(parseTemplate(name, text, partials), values));
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${name}: it cannot be rendered (${messageOf(error)})`, { cause: error });
  }
}
