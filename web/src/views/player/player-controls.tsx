import type { ComponentChildren, RefObject } from 'preact';
import type { MediaState } from '../../playing/use-media.ts';
import { formatClock } from '../../words/format.ts';
import { MutedIcon, PauseIcon, PlayIcon, SoundIcon } from '../icons.tsx';

interface PlayerControlsProps {
  readonly media: RefObject<HTMLMediaElement | null>;
  readonly state: MediaState;
  readonly duration: number;
  readonly onToggle: () => void;
  /** What only some players have. */
  readonly children?: ComponentChildren;
}

export function PlayerControls({ media, state, duration, onToggle, children }: PlayerControlsProps) {
  const { paused, time, volume, muted } = state;
  const silent = muted || volume === 0;
  const withMedia = (change: (element: HTMLMediaElement) => void) => {
    if (media.current) change(media.current);
  };
  return (
    <div class="player-controls">
      <button
        type="button"
        class="icon-button"
        aria-label={paused ? 'Play' : 'Pause'}
        title={paused ? 'Play' : 'Pause'}
        onClick={onToggle}
        data-testid="play"
      >
        {paused ? <PlayIcon /> : <PauseIcon />}
      </button>
      <span class="player-time" data-testid="player-time">
        {formatClock(time)} / {formatClock(duration)}
      </span>
      <button
        type="button"
        class="icon-button"
        aria-label={silent ? 'Sound on' : 'Sound off'}
        title={silent ? 'Sound on' : 'Sound off'}
        onClick={() =>
          withMedia((element) => {
            element.muted = !silent;
            // Turned down to nothing, it would stay silent.
            if (silent && volume === 0) element.volume = 1;
          })
        }
        data-testid="mute"
      >
        {silent ? <MutedIcon /> : <SoundIcon />}
      </button>
      <input
        class="player-volume"
        type="range"
        min={0}
        max={1}
        step={0.05}
        value={silent ? 0 : volume}
        aria-label="Volume"
        onInput={({ currentTarget }) =>
          withMedia((element) => {
            element.volume = currentTarget.valueAsNumber;
            element.muted = false;
          })
        }
        data-testid="volume"
      />
      {children}
    </div>
  );
}
