import { useEffect, useState } from 'preact/hooks';
import type { StreamEntry } from '../../playing/stream-entry.ts';
import { parseThumbnails, type Thumbnail, thumbnailAt } from '../../playing/thumbnails.ts';

interface ScrubPictureProps {
  readonly entry: StreamEntry;
  readonly seconds: number;
}

/** What is seen at a time of the video: a part of a sheet of small pictures. It is no loss where there is none. */
export function ScrubPicture({ entry, seconds }: ScrubPictureProps) {
  const [thumbnails, setThumbnails] = useState<readonly Thumbnail[]>([]);
  // Once each time that somebody begins to look: URLs of sheets end, and looking ends before.
  useEffect(() => {
    const stop = new AbortController();
    loadThumbnails(entry, stop.signal).then(setThumbnails, () => undefined);
    return () => stop.abort();
  }, [entry]);

  const tile = thumbnailAt(thumbnails, seconds);
  if (!tile) return null;
  const { sheet, x, y, width, height } = tile;
  return (
    <img
      class="scrub-picture"
      src={sheet}
      alt=""
      width={width}
      height={height}
      style={{ objectPosition: `${-x}px ${-y}px` }}
      data-testid="scrub-picture"
      data-from={tile.from}
    />
  );
}

async function loadThumbnails(entry: StreamEntry, signal: AbortSignal): Promise<readonly Thumbnail[]> {
  const answer = await fetch(await entry.thumbnailsUrl(), { signal });
  return answer.ok ? parseThumbnails(await answer.text(), answer.url) : [];
}
