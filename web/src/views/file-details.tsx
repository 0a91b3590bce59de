import { useEffect, useRef, useState } from 'preact/hooks';
import type { FileRecord, FileStatus, TimelineEvent } from '../../../client/index.ts';
import { useConsole } from '../state/console.ts';
import { saveJson } from '../state/save-json.ts';
import { kindOf, reasonWords, replacementWords, STATUS_WORDS } from '../words/files.ts';
import { readyRendition } from './file-card.tsx';
import { Facts, Renditions, Timeline } from './file-facts.tsx';
import { FileVersions } from './file-versions.tsx';
import { CloseIcon, DownloadIcon, KindIcon, ReceiptIcon, RetryIcon, TrashIcon } from './icons.tsx';
import { ErrorNotice } from './notice.tsx';
import { RenditionImage } from './rendition-image.tsx';
import { StatusBadge } from './status-badge.tsx';

const PREVIEW_RENDITIONS = ['preview', 'large', 'medium', 'small'] as const;
const DOWNLOADABLE: ReadonlySet<FileStatus> = new Set<FileStatus>([
  'stored',
  'processing',
  'ready',
  'failed',
]);
/** The trash takes what has content; everything else has nothing that could be restored. */
const TRASHABLE = DOWNLOADABLE;

const deleteWords = (forGood: boolean, busy: boolean): string => {
  if (busy) return 'Deleting…';
  return forGood ? 'Delete for good' : 'Move to trash';
};

/** Everything about one file. `file` is the list's record and stays live; the full one (EXIF, metadata) is fetched. */
export function FileDetails({ file: listed, onClose }: { file: FileRecord; onClose: () => void }) {
  const { client, files, quota, uploads } = useConsole();
  const dialog = useRef<HTMLDialogElement>(null);
  const [full, setFull] = useState<FileRecord | undefined>(undefined);
  const [timeline, setTimeline] = useState<readonly TimelineEvent[] | undefined>(undefined);
  const [error, setError] = useState<unknown>(undefined);
  const [confirming, setConfirming] = useState(false);
  const [busy, setBusy] = useState(false);
  const file = full?.etag === listed.etag ? full : { ...full, ...listed };

  useEffect(() => {
    const element = dialog.current;
    if (!element) return;
    element.showModal();
    // A click on the dialog itself is one on its backdrop: its content covers all of its box. Keys have Escape.
    const closeFromBackdrop = (event: MouseEvent) => {
      if (event.target === element) element.close();
    };
    element.addEventListener('click', closeFromBackdrop);
    return () => element.removeEventListener('click', closeFromBackdrop);
  }, []);
  // Again whenever the listed record says that something moved.
  useEffect(() => {
    const stop = new AbortController();
    const unlessClosed = (cause: unknown) => {
      if (!stop.signal.aborted) setError(cause);
    };
    client.api.file(listed.id, stop.signal).then(setFull, unlessClosed);
    client.api.timeline(listed.id, stop.signal).then(setTimeline, unlessClosed);
    return () => stop.abort();
  }, [client, listed.id, listed.etag]);

  const download = async (version?: number) => {
    setError(undefined);
    try {
      const { url } = await client.api.fileUrl(file.id, {
        disposition: 'attachment',
        ...(version !== undefined && { version }),
      });
      // S3 answers with Content-Disposition: attachment, so that the page stays where it is. While uploads run
      // even that would ask whether to leave the page; a new tab does not, and closes by itself.
      if (uploads.isBusy()) window.open(url, '_blank', 'noopener');
      else location.assign(url);
    } catch (cause) {
      setError(cause);
    }
  };

  const saveReceipt = async () => {
    setError(undefined);
    try {
      saveJson(`${file.filename}.receipt.json`, await client.api.receipt(file.id));
    } catch (cause) {
      setError(cause);
    }
  };

  const restoreVersion = async (version: number) => {
    setBusy(true);
    setError(undefined);
    try {
      setFull(await client.api.restoreVersion(file.id, version));
      files.refreshSoon();
    } catch (cause) {
      setError(cause);
    }
    setBusy(false);
  };

  const leave = async (act: () => Promise<unknown>) => {
    setBusy(true);
    setError(undefined);
    try {
      await act();
      files.remove(file.id);
      files.refreshSoon();
      quota.refreshSoon();
      dialog.current?.close();
    } catch (cause) {
      setError(cause);
      setBusy(false);
      setConfirming(false);
    }
  };
  const forGood = !TRASHABLE.has(file.status);

  return (
    <dialog
      ref={dialog}
      class="details"
      aria-labelledby="details-title"
      onClose={onClose}
      data-testid="file-details"
      data-file-id={file.id}
    >
      <div class="details-body">
        <div class={`details-picture kind-${kindOf(file.mimeType)}`}>
          <RenditionImage
            key={file.version}
            fileId={file.id}
            version={file.version}
            rendition={readyRendition(file, PREVIEW_RENDITIONS)}
            alt={`Preview of ${file.filename}`}
          >
            <KindIcon kind={kindOf(file.mimeType)} />
          </RenditionImage>
        </div>
        <div class="details-words">
          <header class="details-head">
            <div class="details-title">
              <h2 id="details-title">{file.filename}</h2>
              <StatusBadge status={file.status} />
            </div>
            <button
              type="button"
              class="icon-button"
              aria-label="Close"
              title="Close"
              onClick={() => dialog.current?.close()}
              data-testid="close-details"
            >
              <CloseIcon />
            </button>
          </header>
          <p class="muted">
            {file.status === 'rejected' ? reasonWords(file.reason) : STATUS_WORDS[file.status].help}
          </p>
          {file.replacement && (
            <p class="details-replacement" data-testid="replacement">
              {replacementWords(file.replacement)}
            </p>
          )}
          {error !== undefined && <ErrorNotice error={error} />}
          <Facts file={file} />
          <Renditions file={file} />
          <FileVersions
            file={file}
            busy={busy}
            onDownload={(version) => void download(version)}
            onRestore={(version) => void restoreVersion(version)}
          />
          <Timeline events={timeline} />
        </div>
      </div>
      <footer class="details-actions">
        {confirming ? (
          <>
            <p class="details-question">
              {forGood
                ? 'Delete this file for good? This cannot be undone.'
                : 'Move this file to the trash? It can be restored from there.'}
            </p>
            <button type="button" class="button" disabled={busy} onClick={() => setConfirming(false)}>
              Keep it
            </button>
            <button
              type="button"
              class="button button-danger"
              disabled={busy}
              onClick={() => void leave(() => client.api.deleteFile(file.id, { hard: forGood }))}
              data-testid="confirm-delete"
            >
              {deleteWords(forGood, busy)}
            </button>
          </>
        ) : (
          <>
            <button
              type="button"
              class="button button-quiet button-danger-quiet"
              onClick={() => setConfirming(true)}
              data-testid="delete"
            >
              <TrashIcon />
              Delete
            </button>
            {file.status === 'deleted' && (
              <button
                type="button"
                class="button"
                disabled={busy}
                onClick={() => void leave(() => client.api.restoreFile(file.id))}
                data-testid="restore"
              >
                <RetryIcon />
                Restore
              </button>
            )}
            {DOWNLOADABLE.has(file.status) && (
              <button
                type="button"
                class="button"
                title="A signed proof of what the file holds"
                onClick={() => void saveReceipt()}
                data-testid="receipt"
              >
                <ReceiptIcon />
                Receipt
              </button>
            )}
            <button
              type="button"
              class="button button-primary"
              disabled={!DOWNLOADABLE.has(file.status)}
              onClick={() => void download()}
              data-testid="download"
            >
              <DownloadIcon />
              Download original
            </button>
          </>
        )}
      </footer>
    </dialog>
  );
}
