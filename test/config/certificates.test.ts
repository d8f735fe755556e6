import test from 'ava';
import { readCertificates } from '../../src/config/certificates.ts';
import { ConfigError } from '../../src/config/config-error.ts';
import { certificate, key } from '../fixtures/authority.ts';

const registry = { push: 'images.example.com', api: 'https://images.example.com' };

/** What is read of a file of such content. */
const read = (content: string) => readCertificates({ outside: { ...registry, ca: '/etc/ca.pem' } }, 'c.yaml', () => content);

test('of a file of an authority only its certificates are taken: builds get to see them, so never a key', (t) => {
  t.deepEqual(
    readCertificates({ outside: registry }, 'c.yaml', () => t.fail('read') || ''),
    {},
  );
  t.deepEqual(read(`${key}# ours\n${certificate}${certificate}`), { outside: certificate + certificate });
});

test('a file that is no certificate is named, with its key in the configuration', (t) => {
  const refused = (content: string) => t.throws(() => read(content), { instanceOf: ConfigError }).message;
  t.regex(refused(key), /^c\.yaml: registries\.outside\.ca: \/etc\/ca\.pem contains no certificate/);
  t.regex(refused(certificate.replace('MIIB', 'MIIZ')), /registries\.outside\.ca: \/etc\/ca\.pem cannot be read as certificates/);
});
