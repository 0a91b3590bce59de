import { useState } from 'preact/hooks';
import type { FileRecord, Highlight } from '../../../client/index.ts';
import { kindOf, STATUS_WORDS } from '../words/files.ts';
import { formatAgo, formatBytes, formatClock } from '../words/format.ts';
import { Fragments, Highlights } from './highlights.tsx';
import { KindIcon } from './icons.tsx';
import { CardClip } from './player/card-clip.tsx';
import { RenditionImage } from './rendition-image.tsx';
import { StatusBadge } from './status-badge.tsx';

/** Wide cards on sharp screens deserve more than the small one; `medium` is square and made for grids. */
export const GRID_RENDITIONS = ['medium', 'small', 'large'] as const;

export const readyRendition = (file: FileRecord, names: readonly string[]): string | undefined =>
  names.find((name) =>
    file.renditions.some((rendition) => rendition.name === name && rendition.status === 'ready'),
  );

interface FileCardProps {
  readonly file: FileRecord;
  readonly onOpen: () => void;
  /** Where a search found it. */
  readonly highlights?: readonly Highlight[];
}

export function FileCard({ file, onOpen, highlights }: FileCardProps) {
  const status = STATUS_WORDS[file.status];
  const name = highlights?.find(({ field }) => field === 'name');
  const highlightsId = `found-${file.id}`;
  const [hovered, setHovered] = useState(false);
  const [focused, setFocused] = useState(false);
  const duration = file.media?.duration;
  const picture = readyRendition(file, GRID_RENDITIONS);
  // A listing does not name it; it is made together with what the pictures are made of.
  const hasClip = picture !== undefined && kindOf(file.mimeType) === 'video';
  return (
    <li class="card-cell">
      <button
        type="button"
        class="card"
        onClick={onOpen}
        onPointerEnter={({ pointerType }) => setHovered(pointerType === 'mouse')}
        onPointerLeave={() => setHovered(false)}
        // Closing the details gives the focus back without anybody having asked for it.
        onFocus={({ currentTarget }) => setFocused(currentTarget.matches(':focus-visible'))}
        onBlur={() => setFocused(false)}
        aria-describedby={highlights && highlightsId}
        aria-label={`${file.filename}, ${formatBytes(file.size)}, ${status.label}`}
        data-testid="file-card"
        data-file-id={file.id}
        data-name={file.filename}
        data-status={file.status}
      >
        <span class={`card-picture kind-${kindOf(file.mimeType)}`}>
          <RenditionImage
            key={file.version}
            fileId={file.id}
            version={file.version}
            rendition={picture}
            placeholder={file.media?.placeholder}
            alt=""
          >
            <KindIcon kind={kindOf(file.mimeType)} />
          </RenditionImage>
          {(hovered || focused) && hasClip && <CardClip file={file} />}
          {duration !== undefined && (
            <span class="card-duration" data-testid="duration">
              {formatClock(duration)}
            </span>
          )}
          {file.status !== 'ready' && <StatusBadge status={file.status} />}
        </span>
        <span class="card-words">
          <span class="card-name ellipsis" title={file.filename}>
            {name ? <Fragments fragments={name.fragments} /> : file.filename}
          </span>
          <span class="card-meta ellipsis">
            {formatBytes(file.size)} · {formatAgo(file.createdAt, Date.now())}
            {file.path !== '/' && ` · ${file.path}`}
          </span>
          {highlights && <Highlights id={highlightsId} highlights={highlights} />}
        </span>
      </button>
    </li>
  );
}
