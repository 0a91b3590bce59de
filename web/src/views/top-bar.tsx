import type { Identity } from '../auth/identity.ts';
import { useConsole } from '../state/console.ts';
import { adminLink, filesLink, type Route } from '../state/route.ts';
import { useStore } from '../state/store.ts';
import { Logo, SignOutIcon } from './icons.tsx';
import { SearchBox } from './search-box.tsx';
import { ThemeToggle } from './theme-toggle.tsx';

interface TopBarProps {
  readonly identity: Identity;
  readonly route: Route;
  readonly onSignOut: () => void;
}

export function TopBar({ identity, route: { page, query }, onSignOut }: TopBarProps) {
  const { quota } = useConsole();
  const role = useStore(quota.state).quota?.role;
  return (
    <header class="top-bar">
      <p class="brand">
        <Logo />
        <span>Sluice</span>
      </p>
      {role !== undefined && role !== 'user' && (
        <nav class="page-nav" aria-label="Pages">
          <a class="page-link" href={filesLink} aria-current={page === 'files' ? 'page' : undefined}>
            Files
          </a>
          <a
            class="page-link"
            href={adminLink('numbers')}
            aria-current={page === 'admin' ? 'page' : undefined}
            data-testid="admin-link"
          >
            Admin
          </a>
        </nav>
      )}
      {page === 'files' && <SearchBox query={query} />}
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
