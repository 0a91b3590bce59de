import { expect, it } from 'vitest';
import { nameless, overflow } from './support/accessible.ts';
import type { ConsolePage } from './support/console-page.ts';
import { useBrowser } from './support/session.ts';

const session = useBrowser();

/** More stops than any page here has. */
const maxStops = 60;

/** Presses Tab until the focus is on the wanted element; fails where the focus does not show. */
async function tabTo(tab: ConsolePage, testId: string, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  for (let stop = 0; stop < maxStops; stop += 1) {
    await tab.page.keyboard.press(key);
    const focus = await tab.page.evaluate(() => {
      const element = document.activeElement as HTMLElement;
      const style = getComputedStyle(element);
      return {
        testId: element.dataset.testid,
        visible:
          element.tagName === 'BODY' || (style.outlineStyle !== 'none' && style.outlineWidth !== '0px'),
      };
    });
    expect(focus).toMatchObject({ visible: true });
    if (focus.testId === testId) return;
  }
  throw new Error(`the keyboard does not reach ${testId}`);
}

const focusedTestId = (tab: ConsolePage) =>
  tab.page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset.testid);

it('can be used from the sign-in to a deleted file by the keyboard alone', async () => {
  const tab = await session.open();
  const press = (key: string) => tab.page.keyboard.press(key);
  await tabTo(tab, 'demo-user');
  await press('Enter');
  expect(await focusedTestId(tab)).toBe('sign-in-submit');
  await tab.submitSignIn(() => press('Enter'));

  // Asked for before the key is pressed: the browser needs a moment until it hands its dialog to the test.
  const chooser = tab.page.waitForEvent('filechooser');
  await tabTo(tab, 'choose-files');
  await press('Enter');
  const name = `${crypto.randomUUID()}.txt`;
  await (await chooser).setFiles([{ name, mimeType: 'text/plain', buffer: Buffer.from('by keyboard') }]);
  await tab.card(name, 'ready').waitFor();
  // What is asked of a file that has been deleted meanwhile is refused: all that is shown of it is there before.
  await tab.card(name).getByTestId('rendition').waitFor();

  await tabTo(tab, 'file-card');
  await press('Enter');
  await tab.get('file-details').getByRole('heading', { name }).waitFor();
  await tab.get('file-details').getByTestId('rendition').waitFor();
  await press('Escape');
  await tab.get('file-details').waitFor({ state: 'detached' });
  expect(await focusedTestId(tab)).toBe('file-card');

  await press('Enter');
  await tabTo(tab, 'delete');
  await press('Enter');
  await tabTo(tab, 'confirm-delete');
  await press('Enter');
  await tab.card(name).waitFor({ state: 'detached' });
  expect(await focusedTestId(tab)).not.toBe('confirm-delete');
});

/** Levels of the headings in reading order; a page that skips one is hard to find one's way in. */
const headings = (tab: ConsolePage) =>
  tab.page.getByRole('heading').evaluateAll((all) => all.map((heading) => Number(heading.tagName.slice(1))));

it('tells assistive technology what everything is, in every state', async () => {
  const tab = await session.open();
  expect(await tab.page.locator('html').getAttribute('lang')).toBe('en');
  expect(await nameless(tab)).toEqual([]);
  expect((await headings(tab))[0]).toBe(1);

  const signedIn = await session.signedIn();
  const { page } = signedIn.tab;
  await signedIn.tab.get('files-empty').waitFor();
  await signedIn.tab.add('a.txt', 'text/plain', 'a');
  expect(await nameless(signedIn.tab)).toEqual([]);
  expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
  for (const landmark of ['banner', 'main'] as const) expect(await page.getByRole(landmark).count()).toBe(1);
  const levels = await headings(signedIn.tab);
  expect(levels.every((level, index) => level <= (levels[index - 1] ?? 0) + 1)).toBe(true);

  await signedIn.tab.openDetails('a.txt');
  await page.getByRole('dialog', { name: 'a.txt' }).waitFor();
  expect(await nameless(signedIn.tab)).toEqual([]);
});

it.each([
  { name: 'a phone', width: 360, height: 740 },
  { name: 'a tablet', width: 768, height: 1024 },
])('fits $name without scrolling sideways', async ({ width, height }) => {
  const { tab } = await session.signedIn();
  await tab.page.setViewportSize({ width, height });
  await tab.add(`${'a very long name '.repeat(8)}.txt`, 'text/plain', 'a');

  expect(await overflow(tab)).toBe(0);

  await tab.get('sign-out').click();
  await tab.get('sign-in-form').waitFor();
  expect(await overflow(tab)).toBe(0);
});
