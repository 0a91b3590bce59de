import type { FileRecord } from '../../../../client/index.ts';

/** Best first. */
const LADDER = ['1080p', '720p', '480p', '360p'];

/**
 * A stream has every rung from its best one on, which is a rendition, too, and known before anything of the stream is loaded. The
 * others need not be: some encoders make an MP4 of the best alone.
 */
export function qualitiesOf({ renditions }: FileRecord): readonly string[] {
  const ready = new Set(renditions.filter(({ status }) => status === 'ready').map(({ name }) => name));
  const best = LADDER.findIndex((name) => ready.has(name));
  return best === -1 ? [] : LADDER.slice(best);
}

interface QualityMenuProps {
  readonly qualities: readonly string[];
  /** Undefined: whatever the line allows. */
  readonly chosen: string | undefined;
  readonly shown: string | undefined;
  readonly onChoose: (quality: string | undefined) => void;
}

export function QualityMenu({ qualities, chosen, shown, onChoose }: QualityMenuProps) {
  const auto = chosen === undefined && shown !== undefined ? `Auto (${shown})` : 'Auto';
  return (
    <select
      class="player-quality"
      aria-label="Quality"
      title="Quality"
      value={chosen ?? ''}
      onChange={({ currentTarget }) => onChoose(currentTarget.value || undefined)}
      data-testid="quality"
      data-shown={shown}
    >
      <option value="">{auto}</option>
      {qualities.map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}
