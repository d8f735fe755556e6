import { readFileSync } from 'node:fs';
import Ajv from 'ajv';
import test from 'ava';
import { parse } from 'yaml';

const read = (path: string): unknown => parse(readFileSync(path, 'utf8'));

test('the app manifest is one that Slack accepts', (t) => {
  const { $schema: _, ...schema } = JSON.parse(readFileSync('test/fixtures/slack-manifest.schema.json', 'utf8'));
  const validate = new Ajv.Ajv({ strict: false, logger: false }).compile(schema);
  t.true(validate(read('slack-manifest.yml')), JSON.stringify(validate.errors));
});
