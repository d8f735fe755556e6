import { chmod, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { world } from './_player.ts';
import { pulled } from './_pulled.ts';

const everyLine = `ARG VERSION=1
FROM busybox:1.35
ARG VERSION
ENV MODE=ci NAME="two words"
WORKDIR /srv
WORKDIR app
COPY --chown=1000:1000 run.sh ./
COPY conf etc/
LABEL version=\${VERSION} maker=us
EXPOSE 80 443/tcp
USER nobody
ENTRYPOINT ["sh", "run.sh"]
CMD echo \${MODE:-none} $UNKNOWN
`;

test('the image is a true one: its configuration, its digests and its files', async (t) => {
  const made = await world(t);
  await made.files({
    Dockerfile: everyLine,
    'run.sh': 'echo run\n',
    'conf/a.conf': 'a',
    'conf/deep/b.conf': 'b',
  });
  await chmod(join(made.context, 'run.sh'), 0o755);
  await symlink('a.conf', join(made.context, 'conf/link'));
  const { code } = await made.build('--build-arg=VERSION=7', '-t=team/app:v7');
  t.is(code, 0);
  const { config, diffIds, entries, manifest } = await pulled(made, 'team/app', 'v7');
  t.deepEqual(config.rootfs.diff_ids, diffIds);
  t.is(config.history.length, manifest.layers.length);
  t.regex(config.history[0]?.created_by ?? '', /^makisu: COPY --chown=1000:1000 run\.sh \.\/ {2}\([0-9a-f]+\)$/);
  t.deepEqual(config.config, {
    Env: ['MODE=ci', 'NAME=two words', 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
    WorkingDir: '/srv/app',
    Labels: { version: '7', maker: 'us' },
    ExposedPorts: { 80: {}, '443/tcp': {} },
    User: 'nobody',
    Entrypoint: ['sh', 'run.sh'],
    Cmd: ['/bin/sh', '-c', 'echo ci $UNKNOWN'],
  });
  t.deepEqual(entries, {
    'srv/': 'directory',
    'srv/app/': 'directory',
    'srv/app/run.sh': '755 0:0 echo run\n',
    'srv/app/etc/': 'directory',
    'srv/app/etc/a.conf': '644 0:0 a',
    'srv/app/etc/deep/': 'directory',
    'srv/app/etc/deep/b.conf': '644 0:0 b',
    'srv/app/etc/link': 'a.conf',
  });
});

test('COPY takes patterns and many sources, ADD is a COPY, and .dockerignore has no meaning to Makisu', async (t) => {
  const made = await world(t);
  await made.files({
    Dockerfile: 'FROM scratch\nCOPY *.txt extra/[xy].md /docs/\nADD ["c d.bin", "/bin/c"]\nCOPY . /all\n',
    'a.txt': 'a',
    'b.txt': 'b',
    'extra/x.md': 'x',
    'extra/z.md': 'z',
    'c d.bin': 'c',
    '.dockerignore': '*.txt\n',
  });
  t.is((await made.build('-t=team/app:1')).code, 0);
  const { entries } = await pulled(made, 'team/app', '1');
  const names = Object.keys(entries);
  t.deepEqual(
    names.filter((name) => name.startsWith('docs/')),
    ['docs/', 'docs/a.txt', 'docs/b.txt', 'docs/x.md'],
  );
  t.true(
    ['bin/c', 'all/a.txt', 'all/extra/z.md', 'all/.dockerignore', 'all/Dockerfile'].every((name) => names.includes(name)),
    names.join(),
  );
});

test('a stage takes files from an earlier one, and says so where only a RUN would have made them', async (t) => {
  const made = await world(t);
  await made.files({
    Dockerfile: 'FROM golang AS build\nCOPY src /src\nRUN go build -o /out/app\nFROM scratch\nCOPY --from=build /src/main.go /main.go\n',
    'src/main.go': 'package main\n',
  });
  t.is((await made.build('-t=team/app:1')).code, 0);
  t.deepEqual((await pulled(made, 'team/app', '1')).entries, { 'main.go': '644 0:0 package main\n' });
  await made.files({
    Dockerfile: 'FROM golang AS build\nCOPY src /src\nRUN go build -o /out/app\nFROM scratch\nCOPY --from=build /out/app /app\n',
  });
  const { code, said } = await made.build('-t=team/app:2');
  t.is(code, 1);
  t.regex(
    said.at(-1) ?? '',
    /^failed to execute build plan: .*stat \/out\/app: no such file or directory \(if a RUN line makes it: the sandbox runs none\)$/,
  );
});

test('a build after a change takes from the cache what lies before it', async (t) => {
  const made = await world(t);
  await made.files({ Dockerfile: 'FROM scratch\nCOPY a /a #!COMMIT\nCOPY b /b #!COMMIT\nCMD ["/b"]\n', a: '1', b: '1' });
  await made.build('--commit=explicit', '-t=team/app:1');
  await writeFile(join(made.context, 'b'), '2');
  const { said } = await made.build('--commit=explicit', '-t=team/app:2');
  t.is(said.filter((line) => line === '* Skipping execution; cache was applied *').length, 1);
  t.true(said.some((line) => line.startsWith('* Executed COPY b /b')));
  t.deepEqual((await pulled(made, 'team/app', '2')).entries, { a: '644 0:0 1', b: '644 0:0 2' });
});

test('a source outside the context is refused, also behind a link', async (t) => {
  const made = await world(t);
  await symlink('/etc/hostname', join(made.context, 'name'));
  for (const source of ['../registry.yaml', 'name']) {
    await made.files({ Dockerfile: `FROM scratch\nCOPY ${source} /x\n` });
    const { code, said } = await made.build('-t=team/app:1');
    t.is(code, 1);
    t.regex(said.at(-1) ?? '', /trim root: failed to trim root prefix/);
  }
});
