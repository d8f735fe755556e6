import test from 'ava';
import { previousTag } from '../../../src/core/version/previous-tag.ts';
import { parseVersion } from '../../../src/core/version/version.ts';

const before = test.macro<[version: string, tags: readonly string[], expected: string | undefined, prefix?: string]>(
  (t, version, tags, expected, prefix = 'v') => {
    const own = parseVersion(version);
    t.truthy(own);
    if (own) t.is(previousTag(tags, own, prefix), expected);
  },
);

test('the version before is the highest below, by number', before, '1.10.0', ['v1.2.0', 'v1.9.0', 'v1.10.0', 'v1.11.0'], 'v1.9.0');
test('an older line counts from its own last version', before, '1.2.4', ['v2.0.0', 'v1.2.3', 'v1.3.0'], 'v1.2.3');
test('a release counts over the pre-releases between', before, '1.2.0', ['v1.1.0', 'v1.2.0-rc.1', 'v1.2.0-rc.2'], 'v1.1.0');
test('a release after pre-releases alone counts from the highest', before, '1.0.0', ['v1.0.0-rc.2', 'v1.0.0-rc.10'], 'v1.0.0-rc.10');
test('a pre-release counts from whatever is below', before, '1.2.0-rc.2', ['v1.1.0', 'v1.2.0-rc.1', 'v1.2.0'], 'v1.2.0-rc.1');
test('other prefixes and other words are no versions', before, '1.2.0', ['1.1.0', 'app-v1.1.0', 'vnext', 'v1.1'], undefined);
test('without a prefix only plain versions count', before, '1.2.0', ['v1.1.0', '1.0.0'], '1.0.0', '');
test('nothing is before the lowest', before, '0.1.0', ['v1.0.0', 'v0.1.0'], undefined);
