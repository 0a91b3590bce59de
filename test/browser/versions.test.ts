import { readFile } from 'node:fs/promises';
import { expect, inject, it } from 'vitest';
import { type PublicKeySet, type SignedReceipt, verifyContent, verifyReceipt } from '../../client/index.ts';
import { ok } from '../support/api.ts';
import { corners, photo } from '../support/images.ts';
import { storedUsage, usageOf } from '../support/tenants.ts';
import { refusal, useBrowser } from './support/session.ts';

const session = useBrowser();

const publicKeys = async (): Promise<PublicKeySet> =>
  (await fetch(`${inject('stack').apiUrl}/public/keys`)).json() as Promise<PublicKeySet>;

it('replaces a file on demand, keeps the old content as a version, and restores it', async () => {
  session.expectComplaint(refusal(409));
  const { tab, api } = await session.signedIn();
  const first = await photo({ width: 640, height: 480, quality: 80 });
  const second = await photo({ width: 320, height: 240, quality: 80 });
  await tab.add('house.jpg', 'image/jpeg', first);
  const picture = tab.card('house.jpg').getByTestId('rendition');
  const before = await picture.getAttribute('src');
  await tab.get('clear-finished').click();

  await tab.pick('house.jpg', 'image/jpeg', second);
  await tab.upload('house.jpg', 'failed').getByTestId('replace').click();
  await tab.upload('house.jpg', 'finished').getByText('Ready').waitFor();

  // Finished is finished: the file has the new content at that moment, and not only some time later.
  const { files } = ok(await api.files({}));
  expect(files).toMatchObject([{ filename: 'house.jpg', version: 2, size: second.length, status: 'ready' }]);
  await expect.poll(() => picture.getAttribute('src')).not.toBe(before);
  expect(await usageOf(api)).toEqual(storedUsage(first.length + second.length));

  const details = await tab.openDetails('house.jpg');
  await details.getByText('320 × 240 px').waitFor();
  const kept = tab.get('version-row', { 'data-version': '1' });
  const downloading = tab.page.waitForEvent('download');
  await kept.getByTestId('download-version').click();
  await (await downloading).cancel();
  const saving = tab.page.waitForEvent('download');
  await tab.get('receipt').click();
  const saved = await saving;
  expect(saved.suggestedFilename()).toBe('house.jpg.receipt.json');
  const signed = JSON.parse(await readFile(await saved.path(), 'utf8')) as SignedReceipt;
  const receipt = await verifyReceipt(signed, await publicKeys());
  expect(await verifyContent(receipt, new Blob([new Uint8Array(second)]))).toContain('SHA256');
  await kept.getByTestId('restore-version').click();
  await tab.get('version-row', { 'data-version': '3' }).getByText('current').waitFor();
  await details.getByText('640 × 480 px').waitFor();
  await details.getByText('Version 1 restored').waitFor();
  await tab.picture('file-versions');
});

it('says that a replacement was refused, and that the old content is still there', async () => {
  session.expectComplaint(refusal(409));
  const { tab } = await session.signedIn();
  await tab.add('house.jpg', 'image/jpeg', await photo({ width: 64, height: 48, quality: 80 }));
  await tab.get('clear-finished').click();

  // A PNG in fact.
  await tab.pick('house.jpg', 'image/jpeg', await corners(64, 48));
  await tab.upload('house.jpg', 'failed').getByTestId('replace').click();

  const row = tab.upload('house.jpg', 'rejected');
  await row.getByText('The content is not what the name says').waitFor();
  await tab.get('uploads-summary').getByText('0 of 1 file uploaded, 1 rejected').waitFor();
  await tab.openDetails('house.jpg');
  await tab.get('replacement').getByText('The content shown here was kept').waitFor();
  expect(await tab.get('version-row').count()).toBe(0);
  expect(await tab.get('download').isEnabled()).toBe(true);
});
