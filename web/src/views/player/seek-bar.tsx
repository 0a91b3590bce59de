import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { formatClock } from '../../words/format.ts';

/** Seconds by which an arrow key goes. */
const STEP_SECONDS = 1;

interface SeekBarProps {
  readonly time: number;
  readonly duration: number;
  readonly onSeek: (seconds: number) => void;
  /** What is seen of a time while a pointer, or a thumb, is over it. */
  readonly preview?: (seconds: number) => ComponentChildren;
  /** What the bar lies on. */
  readonly children?: ComponentChildren;
}

/** Where it plays, and where one could go. */
export function SeekBar({ time, duration, onSeek, preview, children }: SeekBarProps) {
  const [looked, setLooked] = useState<number | undefined>(undefined);
  const secondsAt = ({ currentTarget, clientX }: PointerEvent): number => {
    const { left, width } = (currentTarget as HTMLElement).getBoundingClientRect();
    return Math.min(1, Math.max(0, (clientX - left) / width)) * duration;
  };
  return (
    <div
      class="seek"
      onPointerMove={(event) => setLooked(secondsAt(event))}
      onPointerLeave={() => setLooked(undefined)}
    >
      {children}
      {looked !== undefined && (
        <div
          class="seek-preview"
          style={{ '--at': duration > 0 ? looked / duration : 0 }}
          aria-hidden="true"
          data-testid="seek-preview"
        >
          {preview?.(looked)}
          <span>{formatClock(looked)}</span>
        </div>
      )}
      <input
        type="range"
        min={0}
        max={duration}
        step="any"
        value={Math.min(time, duration)}
        aria-label="Seek"
        aria-valuetext={`${formatClock(time)} of ${formatClock(duration)}`}
        onInput={({ currentTarget }) => {
          setLooked(currentTarget.valueAsNumber);
          onSeek(currentTarget.valueAsNumber);
        }}
        onKeyDown={(event) => {
          const by = { ArrowLeft: -STEP_SECONDS, ArrowRight: STEP_SECONDS }[event.key];
          if (by === undefined) return;
          event.preventDefault();
          const { currentTarget } = event;
          // From where the bar stands: keys come faster than the recording tells where it is.
          currentTarget.valueAsNumber += by;
          onSeek(currentTarget.valueAsNumber);
        }}
        onBlur={() => setLooked(undefined)}
        data-testid="seek"
      />
    </div>
  );
}
