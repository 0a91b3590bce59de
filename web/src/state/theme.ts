import { Store } from './store.ts';

export type Theme = 'system' | 'light' | 'dark';

const KEY = 'sluice.theme';
const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

export const theme: Store<Theme> = new Store<Theme>('system');

/** Before the first paint of the app, so that nothing flashes. */
export function restoreTheme(): void {
  apply(THEMES.find((known) => known === read()) ?? 'system');
}

export function nextTheme(current: Theme): Theme {
  return THEMES[(THEMES.indexOf(current) + 1) % THEMES.length] ?? 'system';
}

export function chooseTheme(chosen: Theme): void {
  apply(chosen);
  try {
    localStorage.setItem(KEY, chosen);
  } catch {
    // Private windows: it holds for this page.
  }
}

function apply(chosen: Theme): void {
  document.documentElement.dataset.theme = chosen;
  theme.set(chosen);
}

function read(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
