import { expect, it } from 'vitest';
import { photoLike } from '../support/pictures.ts';
import { untilStatus, upload } from '../support/uploads.ts';
import { useBrowser } from './support/session.ts';

const session = useBrowser();

it('shows a blurred placeholder of a picture until its rendition is there', async () => {
  const { tab, api } = await session.signedIn();
  const bytes = await photoLike(81).jpeg().toBuffer();
  const released = Promise.withResolvers<void>();
  await tab.page.route(
    (url) => url.pathname.includes('/thumbnails/'),
    async (route) => {
      await released.promise;
      await route.continue();
    },
  );
  const fileId = await upload(api, { path: '/', filename: 'slow.jpg', mimeType: 'image/jpeg' }, bytes);
  await untilStatus(api, fileId, 'ready');

  await tab.get('reload-files').click();

  const card = tab.card('slow.jpg', 'ready');
  const widthOf = (testId: string) => () =>
    card.getByTestId(testId).evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth);
  await expect.poll(widthOf('placeholder')).toBe(32);
  released.resolve();
  await expect.poll(widthOf('rendition'), { timeout: 30_000 }).toBe(300);
  await expect.poll(() => card.getByTestId('placeholder').count()).toBe(0);
});
