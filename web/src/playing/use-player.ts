import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Player, type PlayerOptions, type PlayerState } from './player.ts';

const BEFORE: PlayerState = { loading: false, failure: undefined, chosen: undefined, shown: undefined };

/** A player of an element that is in the page, and what it does; let go with the page. */
export function usePlayer(
  ref: RefObject<HTMLMediaElement | null>,
  { open, attach }: Omit<PlayerOptions, 'media'>,
): PlayerState & { readonly player: Player | undefined } {
  const [player, setPlayer] = useState<Player | undefined>(undefined);
  const [state, setState] = useState(BEFORE);
  useEffect(() => {
    const media = ref.current;
    if (!media) return;
    const made = new Player({ media, open, attach });
    const forget = made.state.subscribe(() => setState(made.state.get()));
    setPlayer(made);
    return () => {
      forget();
      made.close();
    };
  }, [ref, open, attach]);
  return { ...state, player };
}
