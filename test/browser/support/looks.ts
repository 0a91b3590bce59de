import { expect } from 'vitest';
import { nameless, overflow } from './accessible.ts';
import type { ConsolePage } from './console-page.ts';

/** Takes pictures by day and by night, at a desk and on a phone; everything has a name and nothing scrolls sideways. */
export async function pictures(tab: ConsolePage, name: string): Promise<void> {
  const { page } = tab;
  const desk = page.viewportSize();
  // What sticks to the top would stand in the middle of the picture.
  await page.evaluate(() => scrollTo(0, 0));
  await tab.picture(name);
  await page.emulateMedia({ colorScheme: 'dark' });
  await tab.picture(`${name}-dark`);
  await page.setViewportSize({ width: 390, height: 800 });
  await tab.picture(`${name}-phone`);
  expect(await overflow(tab)).toBe(0);
  expect(await nameless(tab)).toEqual([]);
  await page.emulateMedia({ colorScheme: 'light' });
  if (desk) await page.setViewportSize(desk);
}
