import test from 'ava';
import { isPlain, type RegistryPlace } from '../../src/core/plain-http.ts';

const plain: Readonly<Record<string, RegistryPlace>> = {
  'it is the address of its `api`, with http://': { push: 'zot.example.com:5000', api: 'http://zot.example.com:5000/' },
  'that leaves out the port of http': { push: 'zot.example.com:80', api: 'http://zot.example.com' },
  'it is a service of the cluster, and `api` is http://': {
    push: 'registry.container-registry.svc.cluster.local:5000',
    api: 'http://198.18.0.2:32000',
  },
  'it is a service of the cluster by its short name': { push: 'registry.tools.svc:5000', api: 'http://localhost:32000' },
  'it is a host without a domain': { push: 'registry:5000', api: 'http://localhost:32000' },
  'the configuration says so': { push: 'registry.tools.svc:5000', api: 'https://images.example.com', plain: true },
};
const tls: Readonly<Record<string, RegistryPlace>> = {
  'its `api` is https://': { push: 'registry.tools.svc:5000', api: 'https://registry.tools.svc:5000' },
  'it is a host outside of the cluster, though `api` is http:// inside': { push: 'reg.example.com', api: 'http://reg.svc:5000' },
  'it is another port of a host outside of the cluster': { push: 'reg.example.com:5443', api: 'http://reg.example.com:5000' },
  'it is a service of the cluster at the port of https': { push: 'registry.tools.svc:443', api: 'http://localhost:32000' },
  'it is a service of the cluster without a port': { push: 'registry.tools.svc', api: 'http://localhost:32000' },
  'it has certificates of an authority': { push: 'registry.tools.svc:5000', api: 'http://localhost:32000', ca: '/ca.pem' },
  'the configuration says so': { push: 'zot.example.com:5000', api: 'http://zot.example.com:5000', plain: false },
};

for (const [why, place] of Object.entries(plain)) test(`pods use plain HTTP for a registry where ${why}`, (t) => t.true(isPlain(place)));
for (const [why, place] of Object.entries(tls)) test(`pods use TLS for a registry where ${why}`, (t) => t.false(isPlain(place)));
