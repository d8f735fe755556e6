import { type Document, isNode, type Tags } from 'yaml';
import type { KubernetesObject } from '../core/cluster.ts';
import { messageOf } from '../core/errors.ts';
import { boundedDocuments, checkDocument } from './bounded-yaml.ts';
import { Complaint, positionOf, TemplateError } from './template-error.ts';
import { isMap, kindOf, type ValueMap } from './values.ts';

/** Each is a request to the API server, and is saved with the run. */
const mostObjects = 100;

/**
 * The Kubernetes objects of a rendered text: one or more YAML documents, with lists flattened and empty documents skipped.
 * Plain scalars are read as kubectl reads them (YAML 1.1: `yes` is true, 0644 is octal).
 * @throws TemplateError with line and column of the rendered text.
 */
export function toObjects(name: string, text: string): KubernetesObject[] {
  const objects: KubernetesObject[] = [];
  try {
    for (const document of boundedDocuments(text, { version: '1.1', customTags: asKubernetes, prettyErrors: false })) {
      const [mistake] = [...document.errors, ...document.warnings];
      if (mistake) throw new Complaint(mistake.pos[0], yamlMistake(mistake.code, mistake.message));
      checkDocument(document);
      const found = new Found(name, text, document);
      if (found.root !== null) addObject(found.root, [], found, objects);
    }
  } catch (error) {
    if (error instanceof TemplateError) throw error;
    throw at(name, text, error instanceof Complaint ? error.at : 0, messageOf(error));
  }
  return objects;
}

/** Times of day and dates stay strings, as in the YAML parser of Kubernetes. */
function asKubernetes(tags: Tags): Tags {
  return tags.filter((tag) => typeof tag === 'string' || !(tag.tag.endsWith(':timestamp') || tag.format === 'TIME'));
}

function yamlMistake(code: string, message: string): string {
  if (code === 'BAD_INDENT' || code === 'MISSING_CHAR' || code === 'TAB_AS_INDENT') return `the rendered text is not YAML here: ${message}`;
  return `the rendered text is not YAML: ${message}`;
}

/** A YAML document with its values, which can report the position of a value. */
class Found {
  readonly root: unknown;
  readonly #name: string;
  readonly #text: string;
  readonly #document: Document;

  constructor(name: string, text: string, document: Document) {
    this.#name = name;
    this.#text = text;
    this.#document = document;
    try {
      // Values repeated by aliases have been counted before.
      this.root = document.toJS({ maxAliasCount: -1 });
    } catch (error) {
      // The parser's own errors are written for people, whatever their class.
      throw this.mistake([], error instanceof Error ? error.message : messageOf(error));
    }
  }

  /** An error at the value of a path, or at the nearest existing parent. */
  mistake(path: readonly (string | number)[], reason: string): TemplateError {
    const node = path.length === 0 ? this.#document.contents : this.#document.getIn(path, true);
    if (isNode(node) && node.range) return at(this.#name, this.#text, node.range[0], reason);
    return path.length > 0 ? this.mistake(path.slice(0, -1), reason) : at(this.#name, this.#text, 0, reason);
  }
}

function at(name: string, text: string, offset: number, reason: string): TemplateError {
  return new TemplateError(`${name} (rendered)`, positionOf(text, offset), reason);
}

type Path = readonly (string | number)[];

function addObject(value: unknown, path: Path, found: Found, objects: KubernetesObject[]): void {
  if (!isMap(value)) throw found.mistake(path, `a Kubernetes object must be a map, found ${kindOf(value)}`);
  const kind = neededText(value, 'kind', path, found);
  const version = neededText(value, 'apiVersion', path, found);
  // It becomes part of the URL that is queried for the kind.
  if (!/^([a-z0-9]([a-z0-9.-]*[a-z0-9])?\/)?[a-z][a-z0-9]*$/.test(version) || version.length > 300)
    throw found.mistake([...path, 'apiVersion'], 'an apiVersion must be a version, or a group and a version: v1, batch/v1');
  if (kind.endsWith('List') && Array.isArray(value.items)) {
    for (const [index, item] of value.items.entries()) addObject(item, [...path, 'items', index], found, objects);
    return;
  }
  const metadata = value.metadata;
  if (!isMap(metadata)) throw found.mistake([...path, 'metadata'], `this ${kind} has no metadata.name`);
  neededText(metadata, 'name', [...path, 'metadata'], found, 'metadata.');
  for (const field of ['labels', 'annotations']) checkTexts(metadata[field], [...path, 'metadata', field], found);
  if (objects.length >= mostObjects) throw found.mistake(path, `a stage can have at most ${mostObjects} objects`);
  objects.push(value as KubernetesObject);
}

function neededText(map: ValueMap, key: string, path: Path, found: Found, prefix = ''): string {
  const value = map[key];
  if (value === undefined || value === null || value === '')
    throw found.mistake([...path, key], `a Kubernetes object needs ${prefix}${key}`);
  if (typeof value !== 'string')
    throw found.mistake([...path, key], `${prefix}${key} must be a text, found ${kindOf(value)}: put it in quotes`);
  return value;
}

/** An unquoted commit hash that is all digits would be a number; the API server rejects that without a line number. */
function checkTexts(value: unknown, path: Path, found: Found): void {
  if (value === undefined || value === null) return;
  if (!isMap(value)) throw found.mistake(path, `this must be a map, found ${kindOf(value)}`);
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string') throw found.mistake([...path, key], `${key} must be a text, found ${kindOf(text)}: put it in quotes`);
  }
}
