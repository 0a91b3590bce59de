import { useEffect, useMemo } from 'preact/hooks';
import type { Session } from '../auth/session.ts';
import { ConsoleContext, createConsole } from '../state/console.ts';
import { useLoaded } from '../state/loaded.ts';
import { useRoute } from '../state/route.ts';
import { WhenLoaded } from './admin/loading.tsx';
import { DropZone } from './drop-zone.tsx';
import { FileGrid } from './file-grid.tsx';
import { QuotaBar } from './quota-bar.tsx';
import { SearchResults } from './search-results.tsx';
import { TopBar } from './top-bar.tsx';
import { UnfinishedPanel } from './unfinished-panel.tsx';
import { UploadPanel } from './upload-panel.tsx';

export function Console({ session, onSignOut }: { session: Session; onSignOut: () => void }) {
  const route = useRoute();
  const { page, section, query } = route;
  const model = useMemo(() => createConsole(session), [session]);
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (model.uploads.isBusy()) event.preventDefault();
    };
    window.addEventListener('beforeunload', warn);
    return () => {
      window.removeEventListener('beforeunload', warn);
      model.stop();
    };
  }, [model]);

  return (
    <ConsoleContext.Provider value={model}>
      <TopBar identity={session.identity} route={route} onSignOut={onSignOut} />
      {page === 'admin' ? (
        <main class="console">
          <h1 class="visually-hidden">Admin</h1>
          <Admin
            tenantId={session.identity.tenant ?? ''}
            email={session.identity.email ?? ''}
            section={section}
          />
        </main>
      ) : (
        <main class="console" data-testid="console">
          <h1 class="visually-hidden">Files of {session.identity.email ?? 'your account'}</h1>
          {/* Out of the way of what was found, but there: files can be dropped all the same. */}
          <div class="console-top" hidden={query !== ''}>
            <DropZone />
            <QuotaBar />
          </div>
          <UnfinishedPanel />
          <UploadPanel />
          {query === '' ? <FileGrid /> : <SearchResults query={query} />}
        </main>
      )}
    </ConsoleContext.Provider>
  );
}

/** Only admins download the charts and tables that only they see. */
function Admin(props: { tenantId: string; email: string; section: string | undefined }) {
  const loaded = useLoaded(() => import('./admin/admin-page.tsx'), 'admin');
  return <WhenLoaded loaded={loaded}>{({ AdminPage }) => <AdminPage {...props} />}</WhenLoaded>;
}
