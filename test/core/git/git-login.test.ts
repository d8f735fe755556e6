import test from 'ava';
import { mayGo } from '../../../src/core/git/credential.ts';
import { gitAddress } from '../../../src/core/git/git-address.ts';
import { loginFor } from '../../../src/core/git/git-login.ts';

const kind = 'password' as const;
const logins = [
  { host: 'github.com', kind, secret: 'HUB' },
  { host: 'github.com', repository: 'team/private', kind, secret: 'TEAM' },
  { host: 'git.lab:8443', kind, secret: 'LAB' },
  { host: 'git.lab', kind: 'ssh-key' as const, secret: 'KEY' },
];
const of = (address: string) => loginFor(address, logins)?.secret;

test('a login goes to its own host and port, and one of a repository comes first', (t) => {
  t.is(of('https://github.com/x/y.git'), 'HUB');
  t.is(of('https://GitHub.com:443/x/y'), 'HUB');
  t.is(of('https://github.com/team/private.git'), 'TEAM');
  t.is(of('https://git.lab:8443/x'), 'LAB');
});

test('and to no other', (t) => {
  for (const other of [
    'https://github.com:8443/x',
    'https://api.github.com/x',
    'https://github.com.evil.test/x',
    'https://evilgithub.com/x',
    'https://git.lab/x',
    '/srv/github.com/x',
  ]) {
    t.is(of(other), undefined, other);
  }
});

test('a key is for ssh, and a password is not', (t) => {
  t.is(of('git@git.lab:x/y.git'), 'KEY');
  t.is(of('ssh://git@git.lab/x/y.git'), 'KEY');
  t.is(of('ssh://git@git.lab:2222/x/y.git'), undefined);
  t.is(of('git@github.com:x/y.git'), undefined);
});

test('addresses of git are read as git reads them', (t) => {
  t.deepEqual(gitAddress('git@Git.Lab:team/app.git'), { scheme: 'ssh', host: 'git.lab', port: '22', path: 'team/app', user: 'git' });
  t.deepEqual(gitAddress('ssh://ada@[::1]:2222/team/app'), { scheme: 'ssh', host: '[::1]', port: '2222', path: 'team/app', user: 'ada' });
  t.deepEqual(gitAddress('http://git.lab:3000/team/app.git/'), { scheme: 'http', host: 'git.lab', port: '3000', path: 'team/app' });
  for (const none of ['/srv/a.git', './a:b', 'ext::sh -c x', 'file:///a', 'git@host:-x', '']) t.is(gitAddress(none), undefined, none);
});

test('a credential goes to its own address, up to TLS and never down, and elsewhere only where that is said', (t) => {
  const may = (to: string, home: string, elsewhere?: (to: URL) => boolean) => mayGo(new URL(to), new URL(home), elsewhere);
  t.true(may('https://a.example/x', 'https://a.example:443/'));
  t.true(may('https://a.example:8443/x', 'http://a.example:8080/'));
  t.false(may('http://a.example/x', 'https://a.example/'));
  t.false(may('ws://a.example/x', 'wss://a.example/'));
  t.false(may('https://a.example:8443/x', 'https://a.example/'));
  t.false(may('https://b.example/', 'https://a.example/'));
  t.false(may('https://u:p@a.example/', 'https://a.example/'));
  t.true(may('https://b.example/', 'https://a.example/', () => true));
  t.false(
    may('http://b.example/', 'https://a.example/', () => true),
    'also there not in clear text',
  );
});
