import type { Auth } from './auth/session.ts';
import type { ConsoleConfig } from './config.ts';
import { useStore } from './state/store.ts';
import { Console } from './views/console.tsx';
import { SignIn } from './views/sign-in.tsx';

export function App({ auth, config }: { auth: Auth; config: ConsoleConfig }) {
  const { session } = useStore(auth.state);
  if (!session) return <SignIn auth={auth} demoUsers={config.demoUsers ?? []} />;
  return <Console session={session} onSignOut={() => void auth.signOut()} />;
}
