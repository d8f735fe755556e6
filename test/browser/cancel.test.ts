import test from 'ava';
import { openBrowser, openPage, startSandbox } from './open.ts';

test('the question before a cancel stands while the message goes on, and its answer counts', async (t) => {
  const [url, browser] = await Promise.all([startSandbox(t), openBrowser(t)]);
  const page = await openPage(t, browser, url, 1280, 860);
  await page.getByTestId('tab-commits').click();
  await page.getByRole('button', { name: 'Commit a good change' }).click();
  const run = page.getByTestId('messages').getByTestId('message').filter({ hasText: 'scheduler-1' });
  await run.getByText(/step \d\/\d/).waitFor();
  await run.getByRole('button', { name: 'Cancel' }).click();
  await page.getByTestId('confirm').waitFor();
  await run.getByText(/image.* passed in/).waitFor();
  await page.getByTestId('confirm').getByRole('button', { name: 'Cancel the run' }).click();
  await run.getByText('was cancelled by').waitFor();
  t.is(await page.getByTestId('press-warning').count(), 0);
});
