import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { ok } from '../support/api.ts';
import { refusal, useBrowser } from './support/session.ts';

const session = useBrowser();

const slots = 2;
const tree = ['a.txt', 'b.txt', 'deep/c.txt', 'deep/d.txt', 'deep/deeper/e.txt', 'deep/deeper/f.txt'];

/** A folder `album` of small texts in folders, with what a file manager leaves behind. */
async function album(): Promise<string> {
  const root = join(await session.folder(), 'album');
  for (const path of [...tree, '.DS_Store', 'deep/Thumbs.db']) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), `this is ${path}`);
  }
  return root;
}

const inFolder = (folder: string): string[] => tree.map((path) => `${folder}/album/${path}`).toSorted();

/** The most uploads that were open on the server at once, from initiation to completion. */
function mostOpenAtOnce(page: Page): () => number {
  let open = 0;
  let most = 0;
  page.on('response', (response) => {
    if (response.url().endsWith('/complete')) open -= 1;
    if (!response.url().endsWith('/initiate') || !response.ok()) return;
    open += 1;
    most = Math.max(most, open);
  });
  return () => most;
}

it('takes a dropped folder with all that is in it, as many files at once as there are slots', async () => {
  // A slot is free when S3's event has arrived, a moment after the last byte: who comes before that waits.
  session.expectComplaint(refusal(429));
  const { tab, api } = await session.signedIn({ policy: { slotsPerUser: slots } });
  const most = mostOpenAtOnce(tab.page);
  await tab.get('target-folder').fill('holidays');
  await tab.get('target-folder').blur();

  await tab.drop([await album()]);

  await tab.get('uploads-summary').getByText('6 of 6 files uploaded').waitFor();
  const { files } = ok(await api.files({ recursive: true }));
  expect(files.map((file) => `${file.path}/${file.filename}`).toSorted()).toEqual(inFolder('/holidays'));
  expect(most()).toBe(slots);
  for (const { filename } of files) await tab.card(filename, 'ready').waitFor();
  await tab.get('quota-slots').getByText(`0 of ${slots} upload slots in use`).waitFor();
});

it('takes a chosen folder, and several dropped files', async () => {
  const { tab, api } = await session.signedIn();
  await tab.get('folder-input').setInputFiles(await album());
  await tab.get('uploads-summary').getByText('6 of 6 files uploaded').waitFor();

  const loose = await session.folder();
  for (const name of ['x.txt', 'y.txt']) await writeFile(join(loose, name), name);
  await tab.drop([join(loose, 'x.txt'), join(loose, 'y.txt')]);
  await tab.get('uploads-summary').getByText('8 of 8 files uploaded').waitFor();

  const { files } = ok(await api.files({ recursive: true }));
  const paths = files.map((file) =>
    file.path === '/' ? `/${file.filename}` : `${file.path}/${file.filename}`,
  );
  expect(paths.toSorted()).toEqual([...inFolder(''), '/x.txt', '/y.txt']);
});
