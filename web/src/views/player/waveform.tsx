import { useEffect, useState } from 'preact/hooks';
import type { FileRecord } from '../../../../client/index.ts';
import { useConsole } from '../../state/console.ts';

/** As `waveform` holds it: version 2 of audiowaveform's format, pairs of the lowest and the highest sample of 8 bits. */
interface Peaks {
  readonly length: number;
  readonly data: readonly number[];
}

/** What a sample of 8 bits goes to, up and down. */
const REACH = 128;
/** Wide enough to be told apart; the file has more pairs than a phone has points. */
const BARS = 200;
/** Silence is a line. */
const LEAST = 1.5;

interface WaveformProps {
  readonly file: FileRecord;
  /** 0..1: how much of it has been played. */
  readonly played: number;
}

/** A recording as it swings. Nothing where it cannot be had: it can be listened to all the same. */
export function Waveform({ file, played }: WaveformProps) {
  const { urls } = useConsole();
  const [peaks, setPeaks] = useState<Peaks | undefined>(undefined);
  const { id: fileId, version } = file;
  useEffect(() => {
    const stop = new AbortController();
    const load = async () => {
      const url = await urls.rendition({ fileId, version, rendition: 'waveform' });
      const answer = await fetch(url, { signal: stop.signal });
      if (answer.ok) setPeaks((await answer.json()) as Peaks);
    };
    load().catch(() => undefined);
    return () => stop.abort();
  }, [urls, fileId, version]);

  const path = peaks && pathOf(peaks);
  return (
    <svg
      class="waveform"
      viewBox={`0 ${-REACH} ${BARS} ${2 * REACH}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      data-testid={path && 'waveform'}
    >
      {path && (
        <>
          <path d={path} />
          <clipPath id={`played-${fileId}`}>
            <rect x={0} y={-REACH} width={BARS * played} height={2 * REACH} />
          </clipPath>
          <path class="waveform-played" d={path} clip-path={`url(#played-${fileId})`} />
        </>
      )}
    </svg>
  );
}

/** One bar for each part of the recording, from its lowest to its highest sample. */
function pathOf({ length, data }: Peaks): string {
  const bars = Math.min(BARS, length);
  return Array.from({ length: bars }, (_, bar) => {
    const part = data.slice(
      2 * Math.floor((bar * length) / bars),
      2 * Math.floor(((bar + 1) * length) / bars),
    );
    const low = Math.max(LEAST, -Math.min(...part));
    const high = Math.max(LEAST, Math.max(...part));
    const [left, width] = [(bar * BARS) / bars, BARS / bars];
    return `M${left} ${-high}h${width * 0.6}V${low}h${-width * 0.6}z`;
  }).join('');
}
