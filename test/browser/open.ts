import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import type { ExecutionContext } from 'ava';
import { type Browser, chromium, type Page } from 'playwright-core';

const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const pictures = new URL('../../.pictures/', import.meta.url).pathname;

/** Starts the sandbox as people do and gives the address that it prints. */
export async function startSandbox(t: Pick<ExecutionContext, 'teardown'>): Promise<string> {
  const child = spawn(process.execPath, ['--no-warnings', 'sandbox/src/main.ts', '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH },
  });
  t.teardown(() => ended(child));
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
    const [url] = /http:\/\/127\.0\.0\.1:\d+\//.exec(text) ?? [];
    if (url && text.includes('is watching')) resolve(url);
  });
  child.once('close', (code) => reject(new Error(`the sandbox ended with ${code}:\n${text}`)));
  return promise;
}

async function ended(child: ChildProcess): Promise<void> {
  const closed = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGTERM');
  await closed;
}

export async function openBrowser(t: Pick<ExecutionContext, 'teardown'>): Promise<Browser> {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: quiet });
  t.teardown(() => browser.close());
  return browser;
}

/** A page whose errors fail the test. */
export async function openPage(t: ExecutionContext, browser: Browser, url: string, width: number, height: number): Promise<Page> {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme: 'light' });
  page.on('pageerror', (error) => t.fail(`the page: ${error.message}`));
  page.on('console', (message) => message.type() === 'error' && t.fail(`the page's console: ${message.text()}`));
  page.setDefaultTimeout(45_000);
  await page.goto(url);
  return page;
}

export async function picture(page: Page, name: string): Promise<void> {
  await mkdir(pictures, { recursive: true });
  await page.screenshot({ path: `${pictures}${name}.png` });
}
