import test from 'ava';
import { probed } from '../../../src/clients/health/probes.ts';

const well = { stillMs: 0, limitMs: 30_000, parts: { slack: undefined, store: undefined } };

test('a process whose event loop turns is healthy, whatever else is not well', (t) => {
  t.deepEqual(probed('/healthz', { ...well, parts: { slack: 'is not connected' } }), { code: 200, text: 'ok\n' });
  t.is(probed('/healthz', { ...well, stillMs: 29_000 }).code, 200);
  t.deepEqual(probed('/healthz', { ...well, stillMs: 30_000 }), { code: 503, text: 'the event loop has stood still for 30 s\n' });
});

test('ready is what lacks nothing; each part stands in a line of its own', (t) => {
  t.deepEqual(probed('/readyz', well), { code: 200, text: '[+] loop: ok\n[+] slack: ok\n[+] store: ok\n' });
  t.deepEqual(probed('/readyz', { ...well, parts: { ...well.parts, store: 'ENOSPC:\nno space' } }), {
    code: 503,
    text: '[+] loop: ok\n[+] slack: ok\n[-] store: ENOSPC: no space\n',
  });
  t.is(probed('/readyz', { ...well, stillMs: 31_000 }).code, 503);
});

test('nothing else is answered', (t) => {
  for (const path of ['/', '/healthz?verbose', '/metrics', undefined]) t.is(probed(path, well).code, 404);
});
