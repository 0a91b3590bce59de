import type { FileRecord } from '../../../client/index.ts';
import { kindOf, STATUS_WORDS } from '../words/files.ts';
import { formatAgo, formatBytes } from '../words/format.ts';
import { KindIcon } from './icons.tsx';
import { RenditionImage } from './rendition-image.tsx';
import { StatusBadge } from './status-badge.tsx';

/** Wide cards on sharp screens deserve more than the small one; `medium` is square and made for grids. */
const GRID_RENDITIONS = ['medium', 'small', 'large'] as const;

export const readyRendition = (file: FileRecord, names: readonly string[]): string | undefined =>
  names.find((name) =>
    file.renditions.some((rendition) => rendition.name === name && rendition.status === 'ready'),
  );

export function FileCard({ file, onOpen }: { file: FileRecord; onOpen: () => void }) {
  const status = STATUS_WORDS[file.status];
  return (
    <li class="card-cell">
      <button
        type="button"
        class="card"
        onClick={onOpen}
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
            rendition={readyRendition(file, GRID_RENDITIONS)}
            alt=""
          >
            <KindIcon kind={kindOf(file.mimeType)} />
          </RenditionImage>
          {file.status !== 'ready' && <StatusBadge status={file.status} />}
        </span>
        <span class="card-words">
          <span class="card-name ellipsis" title={file.filename}>
            {file.filename}
          </span>
          <span class="card-meta ellipsis">
            {formatBytes(file.size)} · {formatAgo(file.createdAt, Date.now())}
            {file.path !== '/' && ` · ${file.path}`}
          </span>
        </span>
      </button>
    </li>
  );
}
