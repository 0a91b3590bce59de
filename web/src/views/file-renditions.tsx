import type { FileRecord } from '../../../client/index.ts';
import { renditionName, renditionWords } from '../words/renditions.ts';
import { DownloadIcon } from './icons.tsx';

interface RenditionsProps {
  readonly file: FileRecord;
  readonly busy: boolean;
  /** Undefined where there is nothing to be had. */
  readonly onDownload: ((name: string) => void) | undefined;
}

export function Renditions({ file, busy, onDownload }: RenditionsProps) {
  if (file.renditions.length === 0) return null;
  return (
    <section>
      <h3>Renditions</h3>
      <ul class="renditions">
        {file.renditions.map((rendition) => (
          <li
            key={rendition.name}
            data-testid="rendition-row"
            data-name={rendition.name}
            data-status={rendition.status}
          >
            <div>
              <span title={rendition.name}>{renditionName(rendition.name)}</span>
              <span class="muted">{renditionWords(rendition)}</span>
            </div>
            {rendition.status === 'ready' && onDownload && (
              <button
                type="button"
                class="icon-button"
                aria-label={`Download ${renditionName(rendition.name)}`}
                title="Download"
                disabled={busy}
                onClick={() => onDownload(rendition.name)}
                data-testid="download-rendition"
              >
                <DownloadIcon />
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
