import { explainPlaying } from '../../words/playing.ts';
import { ErrorNotice } from '../notice.tsx';

export function PlayerFailure({ failure, onAgain }: { failure: unknown; onAgain: () => void }) {
  if (failure === undefined) return null;
  return (
    <ErrorNotice error={failure} explainBy={explainPlaying}>
      <button type="button" class="button button-small" onClick={onAgain}>
        Try again
      </button>
    </ErrorNotice>
  );
}
