import { useStore } from '../state/store.ts';
import { chooseTheme, nextTheme, theme } from '../state/theme.ts';
import { MoonIcon, SunIcon, SystemThemeIcon } from './icons.tsx';

const WORDS = { system: 'as the system', light: 'light', dark: 'dark' } as const;

export function ThemeToggle() {
  const chosen = useStore(theme);
  const label = `Colours: ${WORDS[chosen]}. Change to ${WORDS[nextTheme(chosen)]}.`;
  return (
    <button
      type="button"
      class="icon-button"
      data-testid="theme-toggle"
      aria-label={label}
      title={label}
      onClick={() => chooseTheme(nextTheme(chosen))}
    >
      {chosen === 'light' ? <SunIcon /> : chosen === 'dark' ? <MoonIcon /> : <SystemThemeIcon />}
    </button>
  );
}
