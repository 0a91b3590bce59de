import { Logo } from './icons.tsx';

/** Without its configuration the console cannot know how to sign anybody in. */
export function StartFailure() {
  return (
    <main class="start-failure">
      <Logo />
      <h1>The console could not start</h1>
      <p class="muted" role="alert">
        Its configuration did not load. Check your network, then reload the page.
      </p>
      <button type="button" class="button button-primary" onClick={() => location.reload()}>
        Reload
      </button>
    </main>
  );
}
