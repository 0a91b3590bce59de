import { useEffect, useRef, useState } from 'preact/hooks';

/** Screen readers read every change to its end: more than one in this time would only pile up. */
const PACE_MS = 5_000;

/** Tells changing words to screen readers at a pace that can be listened to. */
export function Announcer({ words }: { words: string }) {
  const [spoken, setSpoken] = useState('');
  const latest = useRef(words);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  latest.current = words;

  useEffect(() => {
    if (words === spoken) return;
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      setSpoken(latest.current);
    }, PACE_MS);
  }, [words, spoken]);
  useEffect(() => () => clearTimeout(timer.current), []);

  return (
    <p class="visually-hidden" role="status" aria-live="polite" data-testid="announcer">
      {spoken}
    </p>
  );
}
