import type { FileRecord } from '../../../client/index.ts';
import { useConsole } from '../state/console.ts';
import { useLoaded } from '../state/loaded.ts';
import { kindOf } from '../words/files.ts';
import { formatBytes } from '../words/format.ts';
import { GRID_RENDITIONS, readyRendition } from './file-card.tsx';
import { KindIcon } from './icons.tsx';
import { ErrorNotice } from './notice.tsx';
import { RenditionImage } from './rendition-image.tsx';

const MAX_SHOWN = 12;
/** Bits: from here on people see that something differs. */
const SAME_BELOW = 5;

/** Pictures that look like this one; nothing to show where there is none. */
export function SimilarFiles({ file, onOpen }: { file: FileRecord; onOpen: (other: FileRecord) => void }) {
  const { api } = useConsole().client;
  const isPicture = kindOf(file.mimeType) === 'image';
  const { data, error } = useLoaded(
    async (signal) => (isPicture ? (await api.similar(file.id, { limit: MAX_SHOWN }, signal)).files : []),
    `${file.id} ${file.version} ${file.status}`,
  );
  if (error !== undefined) return <ErrorNotice error={error} />;
  if (!data || data.length === 0) return null;
  return (
    <section data-testid="similar">
      <h3>Similar pictures</h3>
      <ul class="similar">
        {data.map(({ file: other, distance }) => (
          <li key={other.id}>
            <button
              type="button"
              class="similar-file"
              onClick={() => onOpen(other)}
              data-testid="similar-file"
              data-name={other.filename}
            >
              <span class="similar-picture">
                <RenditionImage
                  fileId={other.id}
                  version={other.version}
                  rendition={readyRendition(other, GRID_RENDITIONS)}
                  placeholder={other.media?.placeholder}
                  alt=""
                >
                  <KindIcon kind="image" />
                </RenditionImage>
              </span>
              <span class="similar-words">
                <span class="ellipsis">{other.filename}</span>
                <span class="muted ellipsis">
                  {distance < SAME_BELOW ? 'Looks the same' : 'Looks alike'} · {formatBytes(other.size)}
                </span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
