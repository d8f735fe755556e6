import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** The browser's half of the page, bundled in memory. */
export interface Bundle {
  readonly script: Uint8Array;
  readonly style: Uint8Array;
}

async function bundle(): Promise<Bundle> {
  const folder = fileURLToPath(new URL('browser/', import.meta.url));
  const { outputFiles } = await build({
    absWorkingDir: folder,
    entryPoints: { script: 'main.ts', style: 'page.css' },
    outdir: folder,
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    target: 'es2022',
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'error',
  });
  const output = (name: string): Uint8Array => {
    const file = outputFiles.find((one) => one.path.endsWith(name));
    if (!file) throw new Error(`The bundle of the page has no ${name}; it has ${outputFiles.map((one) => one.path).join(', ')}.`);
    return file.contents;
  };
  return { script: output('script.js'), style: output('style.css') };
}

let bundled: Promise<Bundle> | undefined;

/** Bundles `browser/main.ts` and `browser/page.css` with what they import from npm; once per process. */
export function bundlePage(): Promise<Bundle> {
  bundled ??= bundle();
  return bundled;
}
