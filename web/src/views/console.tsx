import { useEffect, useMemo } from 'preact/hooks';
import type { Session } from '../auth/session.ts';
import { ConsoleContext, createConsole } from '../state/console.ts';
import { DropZone } from './drop-zone.tsx';
import { FileGrid } from './file-grid.tsx';
import { QuotaBar } from './quota-bar.tsx';
import { TopBar } from './top-bar.tsx';
import { UnfinishedPanel } from './unfinished-panel.tsx';
import { UploadPanel } from './upload-panel.tsx';

export function Console({ session, onSignOut }: { session: Session; onSignOut: () => void }) {
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
      <TopBar identity={session.identity} onSignOut={onSignOut} />
      <main class="console" data-testid="console">
        <h1 class="visually-hidden">Files of {session.identity.email ?? 'your account'}</h1>
        <div class="console-top">
          <DropZone />
          <QuotaBar />
        </div>
        <UnfinishedPanel />
        <UploadPanel />
        <FileGrid />
      </main>
    </ConsoleContext.Provider>
  );
}
