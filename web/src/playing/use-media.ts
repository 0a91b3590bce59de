import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';

export interface MediaState {
  readonly paused: boolean;
  /** There is a picture of where it stands. */
  readonly visible: boolean;
  /** It wants to go on and cannot yet. */
  readonly waiting: boolean;
  /** Seconds. */
  readonly time: number;
  /** Seconds; undefined until it is known. */
  readonly duration: number | undefined;
  /** 0..1 */
  readonly volume: number;
  readonly muted: boolean;
}

const EVENTS = [
  'play',
  'pause',
  'playing',
  'waiting',
  'ended',
  'timeupdate',
  'seeking',
  'seeked',
  'durationchange',
  'loadeddata',
  'volumechange',
  'emptied',
] as const;

const START: MediaState = {
  paused: true,
  visible: false,
  waiting: false,
  time: 0,
  duration: undefined,
  volume: 1,
  muted: false,
};

/** What a media element is doing, as it tells. */
export function useMedia(ref: RefObject<HTMLMediaElement | null>): MediaState {
  const [state, setState] = useState(START);
  useEffect(() => {
    const media = ref.current;
    if (!media) return;
    const read = () => setState(stateOf(media));
    for (const event of EVENTS) media.addEventListener(event, read);
    read();
    return () => {
      for (const event of EVENTS) media.removeEventListener(event, read);
    };
  }, [ref]);
  return state;
}

const stateOf = (media: HTMLMediaElement): MediaState => ({
  paused: media.paused,
  visible: media.readyState >= media.HAVE_CURRENT_DATA,
  waiting: !media.paused && media.readyState < media.HAVE_FUTURE_DATA && !media.ended,
  time: media.currentTime,
  duration: Number.isFinite(media.duration) ? media.duration : undefined,
  volume: media.volume,
  muted: media.muted,
});
