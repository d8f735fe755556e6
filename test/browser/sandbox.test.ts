import test from 'ava';
import type { Browser, Page } from 'playwright-core';
import { openBrowser, openPage, picture, startSandbox } from './open.ts';

const messageOf = (page: Page, id: string) =>
  page
    .getByTestId('messages')
    .getByTestId('message')
    .filter({ hasText: new RegExp(`${id} (is|passed|failed|was)`) });

async function pressAndConfirm(page: Page, id: string, button: string): Promise<void> {
  await messageOf(page, id).getByRole('button', { name: button }).click();
  await page.getByTestId('confirm').getByRole('button', { name: button }).click();
}

/** A guest may not approve it; Lin does, and the release is on GitHub with its files. */
async function released(page: Page, id: string): Promise<void> {
  const shows = (words: RegExp) => messageOf(page, id).getByText(words).first().waitFor();
  await shows(/awaiting approval/);
  await picture(page, 'desktop-vote');
  await page.getByTestId('act-as-guest').click();
  await pressAndConfirm(page, id, 'Approve');
  await page
    .getByTestId('ephemeral')
    .getByText(/may not approve/)
    .waitFor();
  await page.getByTestId('act-as-lin').click();
  await pressAndConfirm(page, id, 'Approve');
  await shows(/is released/);
  await picture(page, 'desktop-released');
  const href = await messageOf(page, id).getByRole('link', { name: 'published' }).getAttribute('href');
  const github = await (page.context().browser() as Browser).newPage({ viewport: { width: 1000, height: 800 } });
  await github.goto(href ?? '');
  await github.getByText('SHA256SUMS').first().waitFor();
  await picture(github, 'github-release');
  await github.close();
  await page.getByTestId('act-as-ada').click();
}

test('a stranger sees a run through to its release, a failure explained, a retry, and is told no', async (t) => {
  const [url, browser] = await Promise.all([startSandbox(t), openBrowser(t)]);
  const page = await openPage(t, browser, url, 1280, 860);
  await picture(page, 'desktop-empty');

  await page.getByTestId('tab-commits').click();
  await page.getByRole('button', { name: 'Commit a good change' }).click();
  await messageOf(page, 'scheduler-1')
    .getByText(/step \d\/\d/)
    .waitFor();
  await page.getByTestId('tab-cluster').click();
  await page.getByTestId('pod').first().waitFor();
  await messageOf(page, 'scheduler-1')
    .getByText(/tests \d+ passed/)
    .waitFor();
  await picture(page, 'desktop-running');
  await released(page, 'scheduler-1');

  await page.getByTestId('tab-commits').click();
  await page.getByRole('button', { name: 'Commit a failing change' }).click();
  await messageOf(page, 'scheduler-2')
    .getByText(/failed after/)
    .first()
    .waitFor();
  await messageOf(page, 'scheduler-2').getByTestId('open-thread').click();
  await page
    .getByTestId('thread')
    .getByText(/--- FAIL: Test/)
    .first()
    .waitFor();
  await page.getByTestId('thread').getByTestId('file').waitFor();
  await picture(page, 'desktop-failed');

  await page.getByTestId('act-as-guest').click();
  await messageOf(page, 'scheduler-2').getByRole('button', { name: 'Retry' }).click();
  await page
    .getByTestId('ephemeral')
    .getByText(/is for operators/)
    .waitFor();
  await page.getByTestId('act-as-ada').click();
  await messageOf(page, 'scheduler-2').getByRole('button', { name: 'Retry' }).click();
  await messageOf(page, 'scheduler-3')
    .getByText(/retry of scheduler-2/)
    .waitFor();

  await page.getByTestId('composer').fill('/cox ');
  await page.getByTestId('command-hint').waitFor();
  await page.getByTestId('composer').fill('/cox status');
  await page.getByTestId('composer').press('Enter');
  await page.getByTestId('ephemeral').filter({ hasText: 'scheduler' }).last().waitFor();
  await messageOf(page, 'scheduler-3')
    .getByText(/failed after/)
    .first()
    .waitFor();
  await picture(page, 'desktop-end');

  const phone = await openPage(t, browser, url, 390, 844);
  await messageOf(phone, 'scheduler-2')
    .getByText(/failed after/)
    .first()
    .waitFor();
  await picture(phone, 'phone-chat');
  for (const panel of ['cluster', 'commits']) {
    await phone.getByTestId(`bottom-${panel}`).click();
    await phone.getByTestId(panel).waitFor();
    await picture(phone, `phone-${panel}`);
  }
  const overflow = await phone.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
  t.is(overflow, 0, 'the page is no wider than the phone');
});
