import sharp from 'sharp';
import { expect, it } from 'vitest';
import type { Api } from '../support/api.ts';
import { ok } from '../support/api.ts';
import { pagesPdf } from '../support/pdf-pages.ts';
import { photoLike } from '../support/pictures.ts';
import { untilStatus, upload } from '../support/uploads.ts';
import type { ConsolePage } from './support/console-page.ts';
import { pictures } from './support/looks.ts';
import { refusal, useBrowser } from './support/session.ts';

const session = useBrowser();

/** The index follows the files by a stream, a bus and a queue. */
const patience = { timeout: 30_000, interval: 500 };

async function store(api: Api, filename: string, mimeType: string, bytes: Uint8Array | string) {
  const fileId = await upload(api, { path: '/', filename, mimeType }, Buffer.from(bytes));
  await untilStatus(api, fileId, 'ready');
  return fileId;
}

const untilFound = (api: Api, q: string, count: number) =>
  expect.poll(async () => ok(await api.search({ q })).hits.length, patience).toBe(count);

const resultsOf = async (tab: ConsolePage, query: string): Promise<readonly string[]> => {
  await tab.get('search-hits', { 'data-query': query, 'aria-busy': 'false' }).waitFor();
  const cards = tab.get('search-hits').getByTestId('file-card');
  return cards.evaluateAll((all) => all.map((card) => card.getAttribute('data-name') ?? ''));
};

it('finds files while somebody types, shows where they match as plain text, and keeps the question in the address', async () => {
  const { tab, api } = await session.signedIn();
  const { page } = tab;
  const story =
    'Long before that, many words about other things. The <b>turbine</b> of unit seven runs well.';
  await store(api, 'Turbine report 2026.txt', 'text/plain', 'Nothing else.');
  await store(api, 'notes.txt', 'text/plain', story);
  await untilFound(api, 'turbine', 2);
  const input = tab.get('search-input');

  await page.keyboard.press('/');
  expect(await input.evaluate((element) => element === document.activeElement)).toBe(true);
  await page.keyboard.type('turbine');
  expect(await resultsOf(tab, 'turbine')).toEqual(['Turbine report 2026.txt', 'notes.txt']);
  await tab.get('search-summary').getByText('2 files').waitFor();
  const marked = tab.card('Turbine report 2026.txt').locator('mark');
  expect(await marked.allTextContents()).toEqual(['Turbine']);
  const highlight = tab.card('notes.txt').getByTestId('highlight');
  expect(await highlight.textContent()).toContain('The <b>turbine</b> of unit seven');
  expect(await highlight.locator('b').count()).toBe(0);
  expect(await highlight.locator('mark').allTextContents()).toEqual(['turbine']);
  await pictures(tab, 'search');

  await page.reload();
  expect(await input.inputValue()).toBe('turbine');
  expect(await resultsOf(tab, 'turbine')).toHaveLength(2);
  await tab.card('notes.txt').click();
  await tab.get('file-details').getByRole('heading', { name: 'notes.txt' }).waitFor();
  await tab.get('close-details').click();

  await input.fill('zeppelin');
  await input.press('Enter');
  await tab.get('search-empty').waitFor();
  await page.goBack();
  await tab.get('files').waitFor();
  expect(await input.inputValue()).toBe('');
  await page.goForward();
  await tab.get('search-empty').waitFor();
  await tab.get('search-clear').click();
  await tab.card('notes.txt').waitFor();
  expect(new URL(page.url()).hash).toBe('#files');
});

it('shows further hits on demand, and says in words what cannot be searched for', async () => {
  session.expectComplaint(refusal(400));
  const { tab, api } = await session.signedIn();
  await store(api, 'invoice one.txt', 'text/plain', 'First.');
  await store(api, 'invoice two.txt', 'text/plain', 'Second.');
  await untilFound(api, 'invoice', 2);
  await tab.page.route(
    (url) => url.pathname === '/storage/search',
    (route) =>
      route.continue({
        url: route
          .request()
          .url()
          .replace(/limit=\d+/, 'limit=1'),
      }),
  );

  await tab.get('search-input').fill('invoice');
  expect(await resultsOf(tab, 'invoice')).toHaveLength(1);
  await tab.get('search-more').click();
  await tab.get('search-summary').getByText('2 files').waitFor();
  expect([...(await resultsOf(tab, 'invoice'))].sort()).toEqual(['invoice one.txt', 'invoice two.txt']);

  await tab.get('search-input').fill('???');
  await tab.get('error-notice').getByText('Type a word or a number.').waitFor();
  expect(await tab.get('search-hits').count()).toBe(0);
});

it('shows the pages, the text and the dangers of a document', async () => {
  const { tab, api } = await session.signedIn();
  const bytes = pagesPdf([{ text: ['The first page.'] }, { text: ['The second page.'] }], {
    info: '/Title(Annual report)/Author(Ada)',
    root: '/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>',
  });
  await store(api, 'report.pdf', 'application/pdf', bytes);

  await tab.get('reload-files').click();
  const details = await tab.openDetails('report.pdf');

  await tab.get('file-facts').getByText('Annual report').waitFor();
  await tab.get('security').getByText('It contains scripts.').waitFor();
  const text = tab.get('text-excerpt');
  expect(await text.locator('pre').isVisible()).toBe(false);
  await text.locator('summary').click();
  await text.getByText('The second page.').waitFor();
  await pictures(tab, 'document');
  await tab.get('page-thumb', { 'data-name': 'page-2' }).click();
  await details.locator('.details-picture [data-rendition=page-2].rendition-loaded').waitFor();
});

it('makes a smaller copy of a picture, lists it with what it saves, and shows pictures that look alike', async () => {
  const { tab, api } = await session.signedIn();
  const original = await photoLike(81, 1200, 900).jpeg({ quality: 98 }).toBuffer();
  const copy = await sharp(original).resize({ width: 600 }).jpeg({ quality: 70 }).toBuffer();
  await store(api, 'copy.jpg', 'image/jpeg', copy);
  await store(api, 'house.jpg', 'image/jpeg', original);
  await tab.get('reload-files').click();
  await tab.openDetails('house.jpg');

  await tab.get('make-submit').click();
  await tab.get('making', { 'data-status': 'done' }).getByText('Done').waitFor();
  const row = tab.get('rendition-row', { 'data-name': 'compress-q85', 'data-status': 'ready' });
  await row.getByText(/KiB · .+ saved/).waitFor();
  const downloading = tab.page.waitForEvent('download');
  await row.getByTestId('download-rendition').click();
  await (await downloading).cancel();

  await tab.get('make-kind').selectOption('watermark');
  await tab.get('make-text').fill('© Ada <b>');
  await tab.get('make-submit').click();
  await tab.get('making', { 'data-status': 'done' }).nth(1).waitFor();
  await tab.get('rendition-row', { 'data-status': 'ready' }).getByText('Watermarked').waitFor();
  await tab.get('similar-file', { 'data-name': 'copy.jpg' }).scrollIntoViewIfNeeded();
  await pictures(tab, 'make');
  await tab.get('similar-file', { 'data-name': 'copy.jpg' }).click();
  await tab.get('file-details').getByRole('heading', { name: 'copy.jpg' }).waitFor();
});
