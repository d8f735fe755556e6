import type { JsonObject } from './model.ts';

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Collects what is wrong with a payload, in Slack's words: `must be less than 76 characters [json-pointer:/blocks/0/text]`. */
export class Check {
  readonly problems: string[] = [];

  fail(message: string, pointer: string): void {
    this.problems.push(`${message} [json-pointer:${pointer}]`);
  }

  /** A string of 1 to `max` characters; `required` says whether it may be missing. */
  string(owner: JsonObject, key: string, pointer: string, max: number, required = false): void {
    const value = owner[key];
    if (value === undefined || value === null) {
      if (required) this.fail(`missing required field: ${key}`, pointer);
    } else if (typeof value !== 'string') this.fail('must provide a string', `${pointer}/${key}`);
    else if (value.length > max) this.fail(`must be less than ${max + 1} characters`, `${pointer}/${key}`);
    else if (value.length === 0 && required) this.fail('must be more than 0 characters', `${pointer}/${key}`);
  }

  /** A text object of 1 to `max` characters; `plain` allows only plain_text. */
  text(owner: JsonObject, key: string, pointer: string, rule: { max: number; plain?: boolean; required?: boolean }): void {
    const value = owner[key];
    if (value === undefined || value === null) {
      if (rule.required) this.fail(`missing required field: ${key}`, pointer);
      return;
    }
    this.textObject(value, `${pointer}/${key}`, rule);
  }

  textObject(value: unknown, pointer: string, rule: { max: number; plain?: boolean }): void {
    if (!isObject(value)) {
      this.fail('must provide an object', pointer);
      return;
    }
    if (value.type !== 'plain_text' && (rule.plain || value.type !== 'mrkdwn')) {
      this.fail(`unsupported type: ${String(value.type)}`, `${pointer}/type`);
      return;
    }
    this.string(value, 'text', pointer, rule.max, true);
  }

  /** An array with `least` to `most` items; gives its objects with their pointers. */
  items(owner: JsonObject, key: string, pointer: string, [least, most]: readonly [number, number]): [JsonObject, string][] {
    const value = owner[key];
    if (!Array.isArray(value)) {
      this.fail(`missing required field: ${key}`, pointer);
      return [];
    }
    if (value.length < least) this.fail(`no fewer than ${least} items required`, `${pointer}/${key}`);
    if (value.length > most) this.fail(`no more than ${most} items allowed`, `${pointer}/${key}`);
    return value.flatMap((item, index): [JsonObject, string][] => {
      if (isObject(item)) return [[item, `${pointer}/${key}/${index}`]];
      this.fail('must provide an object', `${pointer}/${key}/${index}`);
      return [];
    });
  }

  oneOf(owner: JsonObject, key: string, pointer: string, allowed: readonly string[]): void {
    const value = owner[key];
    if (value !== undefined && !allowed.includes(String(value))) this.fail('value must be one of the allowed values', `${pointer}/${key}`);
  }
}
