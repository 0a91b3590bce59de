import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ok } from '../support/api.ts';
import { download, MiB } from '../support/uploads.ts';
import { useBrowser } from './support/session.ts';

const session = useBrowser();

const partCount = 12;
const partBytes = 5 * MiB;
/** Wide enough for a part in less than a second, slow enough to be interrupted. */
const lineBytesPerSecond = 16 * MiB;

/** Text whose every line tells its place. */
function numberedLines(size: number): Buffer {
  const line = (index: number) => `${index.toString().padStart(15, '0')}\n`;
  return Buffer.from(Array.from({ length: size / 16 }, (_, index) => line(index)).join(''));
}

const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

it('goes on after a reload with what S3 has: no part is sent twice', async () => {
  const { tab, api } = await session.signedIn();
  const folder = await session.folder();
  const path = join(folder, 'measurements.txt');
  const bytes = numberedLines(partCount * partBytes);
  await writeFile(path, bytes);

  await tab.limitLine(lineBytesPerSecond);
  await tab.choose(path);
  await expect.poll(() => tab.putsDone.length, { timeout: 30_000 }).toBeGreaterThan(2);
  await tab.upload('measurements.txt').getByTestId('pause').click();
  await tab.upload('measurements.txt', 'paused').waitFor();
  const fileId = (await tab.upload('measurements.txt').getAttribute('data-file-id')) ?? '';
  const stored = ok(await api.parts(fileId)).parts.map((part) => part.partNumber);
  expect(stored.length).toBeGreaterThan(2);
  expect(stored.length).toBeLessThan(partCount);

  await tab.page.reload();
  const row = tab.get('unfinished-row', { 'data-name': 'measurements.txt' });
  await row.getByText(/\d+ % has arrived/).waitFor();
  await writeFile(join(folder, 'other.txt'), 'not this one');
  await row.getByTestId('resume-input').setInputFiles(join(folder, 'other.txt'));
  await row.getByText('That is another file').waitFor();

  await tab.limitLine(undefined);
  tab.putsBegun.length = 0;
  await row.getByTestId('resume-input').setInputFiles(path);
  await tab.card('measurements.txt', 'ready').waitFor();

  const missing = Array.from({ length: partCount }, (_, index) => index + 1).filter(
    (n) => !stored.includes(n),
  );
  expect(tab.putsBegun.toSorted((a, b) => a - b)).toEqual(missing);
  expect(tab.putsDone.toSorted((a, b) => a - b)).toEqual([...stored, ...missing].toSorted((a, b) => a - b));
  expect(await row.count()).toBe(0);
  const { url } = ok(await api.downloadUrl(fileId));
  expect(digest((await download(url)).bytes)).toBe(digest(bytes));
});

it('shows an upload as unfinished only where nobody is at work on it', async () => {
  const { tab, users } = await session.signedIn();
  await tab.limitLine(MiB);
  await tab.pick('long.txt', 'text/plain', numberedLines(4 * partBytes));
  await tab.upload('long.txt', 'uploading').waitFor();

  const other = await session.open(tab.page.context());
  const listed = other.page.waitForResponse((response) => /\/storage\/multipart(\?|$)/.test(response.url()));
  await other.signIn(users[0]);
  expect(((await (await listed).json()) as { uploads: unknown[] }).uploads).toHaveLength(1);
  await other.get('files-empty').waitFor();
  expect(await other.get('unfinished-row').count()).toBe(0);

  await tab.page.close();
  await expect
    .poll(() => other.page.evaluate(async () => (await navigator.locks.query()).held?.length))
    .toBe(0);
  await other.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  const row = other.get('unfinished-row', { 'data-name': 'long.txt' });
  await row.getByTestId('discard-unfinished').click();
  await row.waitFor({ state: 'detached' });
});
