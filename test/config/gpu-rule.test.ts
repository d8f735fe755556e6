import test from 'ava';
import { ConfigError } from '../../src/config/config-error.ts';
import { readConfig } from '../../src/config.ts';

const withGpus = (gpus: number, limits: string) => `
instance: lab
channel: "#ci"
${limits}
registry: { push: "registry:5000", pull: "localhost:32000", api: "http://registry:5000/" }
repositories:
  - name: runner
    git: https://example.com/runner.git
    stages:
      - name: image
        image: { template: makisu, repository: team/runner }
      - name: test
        test: { template: gpu-test, gpus: ${gpus} }
`;
const read = (text: string) => readConfig(text, 'c.yaml', { cron: () => undefined, gitUrl: () => undefined });

test('a stage cannot ask for more GPUs than may be in use, since it would wait for ever', (t) => {
  const { message } = t.throws(() => read(withGpus(4, 'limits: { gpus: 2 }')), { instanceOf: ConfigError });
  t.is(message, 'c.yaml:13:37: repositories[0].stages[1].test.gpus: found 4; allowed: at most 2 (limits.gpus)');
  t.notThrows(() => read(withGpus(2, 'limits: { gpus: 2 }')));
  t.notThrows(() => read(withGpus(4, '')));
});
