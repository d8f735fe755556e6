import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../fixtures/free-port.ts';
import { program } from './programs.ts';
import { listens, type Server, scratchFolder, start } from './start.ts';

/** Serves `sample.git` in a folder by Dulwich, git in Python: protocol 0 only, no filters, and some capabilities are demanded of clients. */
const script = `
import sys
from wsgiref.simple_server import make_server
from dulwich.repo import Repo
from dulwich.server import DictBackend
from dulwich.web import make_wsgi_chain, WSGIRequestHandlerLogger, WSGIServerLogger
root, port = sys.argv[1], int(sys.argv[2])
app = make_wsgi_chain(DictBackend({'/sample.git': Repo(root + '/sample.git')}))
make_server('127.0.0.1', port, app, handler_class=WSGIRequestHandlerLogger, server_class=WSGIServerLogger).serve_forever()
`;

export async function startDulwich(root: string): Promise<Server> {
  await program('dulwich');
  const { folder, remove } = await scratchFolder('dulwich');
  const port = await freePort();
  const file = join(folder, 'serve.py');
  await writeFile(file, script);
  const started = start('/usr/bin/python3', [file, root, String(port)]);
  await listens(port, started);
  const stop = async () => {
    await started.stop();
    await remove();
  };
  const host = `127.0.0.1:${port}`;
  return { url: `http://${host}`, host, log: started.log, stop };
}
