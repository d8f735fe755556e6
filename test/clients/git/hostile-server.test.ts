import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { gitClient } from '../../../src/clients/git/git-client.ts';
import { encodePackets } from '../../../src/clients/git/http/pkt-line.ts';
import { httpClient } from '../../../src/clients/http/http-client.ts';
import { HttpError } from '../../../src/clients/http/http-error.ts';
import { UserError } from '../../../src/core/errors.ts';

const mega = 1024 ** 2;
const service = encodePackets(['# service=git-upload-pack', 'flush']);
const second = `${service}${encodePackets(['version 2', 'ls-refs', 'object-format=sha1', 'flush'])}`;
const ref = (n: number) => `${'a'.repeat(40)} refs/heads/x${n}`;
const refs = (count: number) => encodePackets(Array.from({ length: count }, (_, n) => ref(n)));

/** What a server says to the first question and to the second; the poll ends with this error and needs little memory. */
async function refuses(t: ExecutionContext, advertised: string, listed: string, message: RegExp): Promise<void> {
  const server = createServer((request, response) => {
    const kind = request.method === 'POST' ? 'result' : 'advertisement';
    response.writeHead(200, { 'content-type': `application/x-git-upload-pack-${kind}` }).end(kind === 'result' ? listed : advertised);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const http = httpClient();
  t.teardown(async () => {
    await http.close();
    server.closeAllConnections();
    server.close();
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const rules = { httpHosts: [host], localRoots: [], botEmail: 'bot@example.com' };
  const log = { info() {}, warn() {}, error() {} };
  const git = gitClient({ folder: '/nowhere', rules, http, log });
  const url = `http://${host}/a.git`;
  const before = process.memoryUsage.rss();
  const repository = { name: 'a', short: 'a', git: url, clone: url, branches: ['**'], channel: '#ci', stages: [] };
  const error = await t.throwsAsync(git.heads(repository));
  const grown = process.memoryUsage.rss() - before;
  t.log(`${error.message.slice(0, 120)} · ${Math.round(grown / mega)} MiB more`);
  t.true(error instanceof HttpError || error instanceof UserError);
  t.regex(error.message, message);
  t.true(grown < 192 * mega, String(grown));
}

const much = 31 * mega;
test.serial('empty lines without end', refuses, second, '0004'.repeat(much / 4), /this is no ref/);
test.serial('ends without end', refuses, second, '0000'.repeat(much / 4), /goes on after its end/);
test.serial('marks without end', refuses, second, '0001'.repeat(much / 4), /more than 1000000 packets/);
test.serial('empty lines before anything is said', refuses, `${service}${'0000'.repeat(much / 4)}`, '', /more than 1000000 packets/);
test.serial(
  'capabilities without end',
  refuses,
  `${service}${encodePackets(['version 2'])}${'0005a'.repeat(much / 5)}`,
  '',
  /more than 1000 capabilities/,
);
test.serial('more refs than any repository has', refuses, second, refs(200_001), /more than 200000 refs/);
test.serial('as many from a server of the old protocol', refuses, `${service}${refs(200_001)}`, '', /more than 200000 refs/);
test.serial('more bytes than refs can have', refuses, second, refs(1).repeat(600_000), /more than 33554432 bytes/);
