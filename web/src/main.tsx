import { render } from 'preact';
import { App } from './app.tsx';
import { Auth } from './auth/session.ts';
import { loadConfig } from './config.ts';
import { restoreTheme } from './state/theme.ts';
import './styles/index.css';
import { StartFailure } from './views/start-failure.tsx';

async function start(root: HTMLElement): Promise<void> {
  restoreTheme();
  try {
    const config = await loadConfig();
    const auth = new Auth(config.auth);
    await auth.restore();
    render(<App auth={auth} config={config} />, root);
  } catch (error) {
    // Where the browser shows uncaught errors, and monitoring looks for them.
    reportError(error);
    render(<StartFailure />, root);
  }
}

const root = document.getElementById('app');
if (root) void start(root);
