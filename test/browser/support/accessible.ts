import type { ConsolePage } from './console-page.ts';

const needNames = new Set([
  'button',
  'textbox',
  'combobox',
  'link',
  'image',
  'img',
  'progressbar',
  'progressIndicator',
  'dialog',
  'region',
  'group',
]);

/** What assistive technology is told of without a name. */
export async function nameless(tab: ConsolePage): Promise<string[]> {
  const devTools = await tab.devTools();
  const { nodes } = await devTools.send('Accessibility.getFullAXTree');
  const bad = nodes.filter(
    ({ ignored, role, name }) => !ignored && needNames.has(role?.value) && !name?.value,
  );
  return bad.map(({ role, properties }) => `${role?.value} ${JSON.stringify(properties)}`);
}

/** Pixels by which the page scrolls sideways. */
export const overflow = (tab: ConsolePage): Promise<number> =>
  tab.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
