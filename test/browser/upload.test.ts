import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import sharp, { type Sharp } from 'sharp';
import { expect, it } from 'vitest';
import { defaultStackDir } from '../../local/paths.ts';
import { Api, ok } from '../support/api.ts';
import { metadataParts, photo, privateMark } from '../support/images.ts';
import { download, versionsOf } from '../support/uploads.ts';
import type { ConsolePage } from './support/console-page.ts';
import { useBrowser } from './support/session.ts';

const session = useBrowser();
const { engine } = session;

const screenshots = join(defaultStackDir, 'screenshots');

/** So slow that the photo takes about two seconds. */
const lineBytesPerSecond = 2_500_000;

it('takes a photo from the sign-in to its thumbnail', async () => {
  const user = engine.stack.users.find(({ tenant, role }) => tenant === 'acme' && role === 'user');
  if (!user) throw new Error('the stack has no demo user of acme');
  // Held by a camera turned to its side: upright it is 2400 x 3600.
  const bytes = await photo({ width: 3600, height: 2400, orientation: 6, quality: 96 });
  expect(bytes.length / 1e6).toBeCloseTo(5, 0);
  const name = `IMG ${randomUUID().slice(0, 8)} – Küste.JPG`;
  const tab = await session.open();

  await tab.get('demo-user', { 'data-email': user.email }).click();
  await tab.submitSignIn(() => tab.get('sign-in-submit').click());
  expect(await tab.get('signed-in-as').textContent()).toBe(user.email);

  await tab.limitLine(lineBytesPerSecond);
  await tab.pick(name, 'image/jpeg', bytes);
  const early = await progressAbove(tab, name, 0);
  const later = await progressAbove(tab, name, early);
  expect(later).toBeLessThanOrEqual(1);
  await tab.limitLine(undefined);
  await tab.upload(name, 'finished').waitFor();
  await tab.card(name, 'ready').waitFor();
  expect(tab.putsDone).toEqual([1]);

  const thumbnail = tab.card(name).getByTestId('rendition');
  await expect
    .poll(() => thumbnail.evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth))
    .toBe(300);
  await mkdir(screenshots, { recursive: true });
  await tab.page.screenshot({ path: join(screenshots, 'console.png') });

  const fileId = (await tab.card(name).getAttribute('data-file-id')) ?? '';
  const api = new Api(engine.stack.apiUrl, await tab.accessToken());
  const file = ok(await api.file(fileId));
  expect(file).toMatchObject({ status: 'ready', filename: name, size: bytes.length, mimeType: 'image/jpeg' });
  expect(file.media).toMatchObject({ width: 2400, height: 3600, exif: { model: 'Penstock 7' } });

  const sizes = file.renditions.map(({ name, status, width, height }) => [name, status, width, height]);
  expect(sizes).toEqual([
    ['small', 'ready', 150, 150],
    ['medium', 'ready', 300, 300],
    ['large', 'ready', 800, 600],
    ['preview', 'ready', 720, 1080],
  ]);
  for (const { name, width, height } of file.renditions) {
    const { bytes: rendition } = await download(ok(await api.downloadUrl(fileId, { rendition: name })).url);
    expect(await sharp(rendition).metadata()).toMatchObject({ width, height });
    expect(metadataParts(rendition)).toEqual([]);
    expect(rendition.includes(privateMark)).toBe(false);
    const upright = sharp(bytes).autoOrient();
    const asStored = sharp(bytes);
    const fit = { width: width ?? 0, height: height ?? 0 };
    expect(await difference(sharp(rendition), upright, fit)).toBeLessThan(8);
    expect(await difference(sharp(rendition), asStored, fit)).toBeGreaterThan(16);
  }

  const [key, ...others] = (await versionsOf(engine, 'library', 'acme')).filter((key) =>
    key.includes(fileId),
  );
  expect(others).toEqual([]);
  const original = await engine.s3.send(
    new GetObjectCommand({ Bucket: engine.stack.buckets.library, Key: key }),
  );
  expect(Buffer.from((await original.Body?.transformToByteArray()) ?? []).equals(bytes)).toBe(true);

  const details = await tab.openDetails(name);
  await details.getByText('Sluice Optics Penstock 7').waitFor();
  expect(await tab.get('rendition-row', { 'data-status': 'ready' }).count()).toBe(4);
  const downloading = tab.page.waitForRequest((request) => request.isNavigationRequest());
  await tab.get('download').click();
  const asked = new URL((await downloading).url()).searchParams.get('response-content-disposition');
  expect(asked).toMatch(/^attachment; .*filename\*=UTF-8''IMG%20\w+%20%E2%80%93%20K%C3%BCste\.JPG$/);
});

/** Waits until the file's bar stands above `share` (0..1) and gives where it stands. */
async function progressAbove(tab: ConsolePage, name: string, share: number): Promise<number> {
  const bar = tab.upload(name).getByTestId('upload-progress');
  await bar.waitFor();
  const seen = await tab.page.waitForFunction(
    ([bar, share]) => {
      const { value, max } = bar as HTMLProgressElement;
      return value / max > (share as number) ? value / max : undefined;
    },
    [await bar.elementHandle(), share] as const,
  );
  return (await seen.jsonValue()) as number;
}

/** Mean difference of the channels (0..255) of two pictures that are cropped to `fit` and then compared coarsely. */
async function difference(one: Sharp, other: Sharp, fit: { width: number; height: number }): Promise<number> {
  const coarse = async (picture: Sharp) => {
    const cropped = await picture
      .resize({ ...fit, fit: 'cover' })
      .removeAlpha()
      .png()
      .toBuffer();
    return sharp(cropped).resize(12, 12, { fit: 'fill' }).raw().toBuffer();
  };
  const [a, b] = [await coarse(one), await coarse(other)];
  return a.reduce((sum, value, index) => sum + Math.abs(value - (b[index] ?? 0)), 0) / a.length;
}
