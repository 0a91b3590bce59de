import { useEffect, useState } from 'preact/hooks';
import type { FileRecord } from '../../../../client/index.ts';
import { useConsole } from '../../state/console.ts';

/** Whoever only passes over a card loads nothing. */
const REST_MS = 250;

const wantsStillness = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;

/** The beginning of a video, silently over its card, while somebody looks at it. */
export function CardClip({ file }: { file: FileRecord }) {
  const { urls } = useConsole();
  const [url, setUrl] = useState<string | undefined>(undefined);
  const [plays, setPlays] = useState(false);
  const { id: fileId, version } = file;
  const of = { fileId, version, rendition: 'clip' };
  useEffect(() => {
    if (wantsStillness()) return;
    let current = true;
    const timer = setTimeout(() => {
      // The card has its picture: nobody misses what does not come.
      urls.rendition(of).then(
        (found) => current && setUrl(found),
        () => undefined,
      );
    }, REST_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [urls, fileId, version]);
  if (!url) return null;
  return (
    <video
      class="card-clip"
      src={url}
      muted
      loop
      autoPlay
      playsInline
      data-plays={plays}
      onPlaying={() => setPlays(true)}
      onError={() => urls.forget(of)}
      data-testid="card-clip"
    />
  );
}
