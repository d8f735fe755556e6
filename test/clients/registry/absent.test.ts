import test from 'ava';
import { type Absence, absenceIn } from '../../../src/clients/registry/absent.ts';

const is = test.macro((t, expected: Absence, ...bodies: readonly (string | object)[]) => {
  for (const body of bodies) {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    t.is(absenceIn({ status: 404, text: () => text }), expected, text);
  }
});
const errors = (...some: readonly object[]) => ({ errors: some });

test(
  'a 404 that names the manifest or its name unknown is absent',
  is,
  'absent',
  errors({ code: 'MANIFEST_UNKNOWN', message: 'manifest unknown', detail: { Tag: 'v1' } }),
  errors({ code: 'NAME_UNKNOWN', message: 'repository name not known to registry' }),
  errors({ code: 'NOT_FOUND', message: 'artifact a/b:v1 not found' }),
  errors({ code: 'TAG_EXPIRED', message: 'Tag 1.0 was deleted or has expired. To pull, revive via time machine' }),
);
test(
  'a 404 without a reason is bare',
  is,
  'bare',
  '',
  ' \n',
  '404 page not found\n',
  '<html><head><title>404 Not Found</title></head></html>',
  {},
  { errors: [] },
  errors({ status: 404, message: 'File not found.' }),
  errors({ code: 'UNKNOWN', message: 'Not Found' }),
  { message: 'not found' },
);
test(
  'a 404 with another reason, or one that was cut off, is none',
  is,
  'no',
  errors({ code: 'DENIED', message: 'requested access to the resource is denied' }),
  errors({ code: 'UNAUTHORIZED' }),
  errors({ code: 'MANIFEST_BLOB_UNKNOWN' }),
  '{"errors":[{"code":"MANIFEST_UNK',
);

test('no other status is absence, whatever the body says', (t) => {
  const body = JSON.stringify(errors({ code: 'MANIFEST_UNKNOWN' }));
  for (const status of [200, 301, 400, 401, 403, 410, 429, 500, 503]) t.is(absenceIn({ status, text: () => body }), 'no', String(status));
});
