import { useState } from 'preact/hooks';
import type { FileRecord, FileVersion } from '../../../client/index.ts';
import { useConsole } from '../state/console.ts';
import { useLoaded } from '../state/loaded.ts';
import { isStored } from '../words/files.ts';
import { formatBytes, formatMoment } from '../words/format.ts';
import { DownloadIcon, RetryIcon } from './icons.tsx';
import { ErrorNotice } from './notice.tsx';

interface FileVersionsProps {
  readonly file: FileRecord;
  readonly busy: boolean;
  readonly onDownload: (version: number) => void;
  readonly onRestore: (version: number) => void;
}

/** What the file held before: nothing to show while it has only ever had one content. */
export function FileVersions({ file, busy, onDownload, onRestore }: FileVersionsProps) {
  const { api } = useConsole().client;
  const [more, setMore] = useState<readonly FileVersion[]>([]);
  const [cursor, setCursor] = useState<string | undefined>(undefined);
  const loaded = useLoaded(async (signal) => {
    // The first content has nothing before it: no call for what nearly every file is.
    if (file.version === 1) return [];
    const page = await api.versions(file.id, undefined, signal);
    setMore([]);
    setCursor(page.nextCursor);
    return page.versions;
  }, `${file.id} ${file.version}`);
  const [moreError, setMoreError] = useState<unknown>(undefined);
  const versions = [...(loaded.data ?? []), ...more];
  const error = loaded.error ?? moreError;
  if (error === undefined && versions.length <= 1) return null;

  const loadMore = async () => {
    setMoreError(undefined);
    try {
      const page = await api.versions(file.id, cursor);
      setMore([...more, ...page.versions]);
      setCursor(page.nextCursor);
    } catch (cause) {
      setMoreError(cause);
    }
  };
  // Content moves only where it is stored, and not while other content is on its way.
  const isLocked = file.replacement !== undefined && file.replacement.endedAs === undefined;

  return (
    <section aria-label="Versions">
      <h3>Versions</h3>
      {error !== undefined && <ErrorNotice error={error} />}
      <ul class="versions">
        {versions.map((version) => (
          <li key={version.version} data-testid="version-row" data-version={version.version}>
            <div>
              <span>
                Version {version.version}
                {version.current && <span class="chip chip-accent">current</span>}
              </span>
              <span class="muted">
                {formatBytes(version.size)}
                {version.storedAt && ` · since ${formatMoment(version.storedAt)}`}
              </span>
            </div>
            {!version.current && (
              <div class="version-actions">
                <button
                  type="button"
                  class="icon-button"
                  aria-label={`Download version ${version.version}`}
                  title="Download"
                  onClick={() => onDownload(version.version)}
                  data-testid="download-version"
                >
                  <DownloadIcon />
                </button>
                <button
                  type="button"
                  class="button button-small"
                  aria-label={`Restore version ${version.version}`}
                  disabled={busy || isLocked || !isStored(file)}
                  onClick={() => onRestore(version.version)}
                  data-testid="restore-version"
                >
                  <RetryIcon />
                  Restore this version
                </button>
              </div>
            )}
          </li>
        ))}
      </ul>
      {cursor && (
        <button type="button" class="button button-small" onClick={() => void loadMore()}>
          Older versions
        </button>
      )}
    </section>
  );
}
