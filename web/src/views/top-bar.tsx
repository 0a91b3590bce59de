import type { Identity } from '../auth/identity.ts';
import { Logo, SignOutIcon } from './icons.tsx';
import { ThemeToggle } from './theme-toggle.tsx';

export function TopBar({ identity, onSignOut }: { identity: Identity; onSignOut: () => void }) {
  return (
    <header class="top-bar">
      <p class="brand">
        <Logo />
        <span>Sluice</span>
      </p>
      <div class="top-bar-who">
        {identity.tenant && <span class="chip chip-accent">{identity.tenant}</span>}
        {identity.email && (
          <span class="top-bar-email" data-testid="signed-in-as">
            {identity.email}
          </span>
        )}
        <ThemeToggle />
        <button
          type="button"
          class="button button-quiet"
          onClick={onSignOut}
          data-testid="sign-out"
          aria-label="Sign out"
        >
          <SignOutIcon />
          <span class="wide-only">Sign out</span>
        </button>
      </div>
    </header>
  );
}
