import { useRef, useState } from 'preact/hooks';
import type { Auth } from '../auth/session.ts';
import type { DemoUser } from '../config.ts';
import { useStore } from '../state/store.ts';
import { CheckIcon, Logo } from './icons.tsx';
import { ErrorNotice } from './notice.tsx';
import { ThemeToggle } from './theme-toggle.tsx';

export function SignIn({ auth, demoUsers }: { auth: Auth; demoUsers: readonly DemoUser[] }) {
  return (
    <main class="sign-in">
      <section class="sign-in-brand">
        <p class="brand brand-large">
          <Logo />
          <span>Sluice</span>
        </p>
        <h1>Every file through the gate, safely.</h1>
        <ul class="promises">
          <li>
            <CheckIcon />
            <span>Straight to storage, in parallel, as fast as your line allows</span>
          </li>
          <li>
            <CheckIcon />
            <span>Pause, close the laptop, resume: nothing is sent twice</span>
          </li>
          <li>
            <CheckIcon />
            <span>Inspected before anybody can open it, with previews in seconds</span>
          </li>
        </ul>
        <svg
          class="sign-in-waves"
          viewBox="0 0 600 160"
          preserveAspectRatio="none"
          aria-hidden="true"
          focusable="false"
        >
          <path d="M0 70c80-50 160-50 240 0s160 50 240 0 80-40 120-30v120H0z" />
          <path d="M0 105c80-40 160-40 240 0s160 40 240 0 80-30 120-22v77H0z" />
        </svg>
      </section>
      <section class="sign-in-panel">
        <div class="sign-in-corner">
          <ThemeToggle />
        </div>
        <div class="sign-in-box">
          <h2>Sign in</h2>
          {auth.mode === 'password' ? (
            <PasswordForm auth={auth} demoUsers={demoUsers} />
          ) : (
            <IssuerForm auth={auth} />
          )}
        </div>
      </section>
    </main>
  );
}

function PasswordForm({ auth, demoUsers }: { auth: Auth; demoUsers: readonly DemoUser[] }) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(auth.state.get().error);
  const submitButton = useRef<HTMLButtonElement>(null);

  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      await auth.signInByPassword(email.trim(), password);
    } catch (cause) {
      setError(cause);
      setBusy(false);
    }
  };

  return (
    <>
      <form onSubmit={submit} class="form" data-testid="sign-in-form">
        <label class="field">
          <span>Email</span>
          <input
            type="email"
            name="email"
            autocomplete="username"
            required
            value={email}
            onInput={(event) => setEmail(event.currentTarget.value)}
            data-testid="sign-in-email"
          />
        </label>
        <label class="field">
          <span>Password</span>
          <input
            type="password"
            name="password"
            autocomplete="current-password"
            required
            value={password}
            onInput={(event) => setPassword(event.currentTarget.value)}
            data-testid="sign-in-password"
          />
        </label>
        {error !== undefined && <ErrorNotice error={error} />}
        <button
          ref={submitButton}
          type="submit"
          class="button button-primary button-wide"
          disabled={busy}
          data-testid="sign-in-submit"
        >
          {busy ? 'Signing in…' : 'Sign in'}
        </button>
      </form>
      {demoUsers.length > 0 && (
        <div class="demo">
          <h3>Demo sign-ins</h3>
          <ul class="demo-list">
            {demoUsers.map((user) => (
              <li key={user.email}>
                <button
                  type="button"
                  class="demo-user"
                  aria-pressed={email === user.email}
                  data-testid="demo-user"
                  data-email={user.email}
                  onClick={() => {
                    setEmail(user.email);
                    setPassword(user.password);
                    // All that is left to do.
                    submitButton.current?.focus();
                  }}
                >
                  <span class="demo-email">{user.email}</span>
                  <span class="chip">{user.tenant}</span>
                  <span class={`chip chip-${user.role === 'user' ? 'plain' : 'accent'}`}>{user.role}</span>
                </button>
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}

function IssuerForm({ auth }: { auth: Auth }) {
  const state = useStore(auth.state);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  const shown = error ?? state.error;

  const go = async () => {
    setBusy(true);
    try {
      await auth.signInByIssuer();
    } catch (cause) {
      setError(cause);
      setBusy(false);
    }
  };

  return (
    <div class="form">
      <p class="muted">You sign in with your organisation's account and come back here.</p>
      {shown !== undefined && <ErrorNotice error={shown} />}
      <button
        type="button"
        class="button button-primary button-wide"
        disabled={busy}
        onClick={go}
        data-testid="sign-in-oidc"
      >
        {busy ? 'One moment…' : 'Continue to sign in'}
      </button>
    </div>
  );
}
