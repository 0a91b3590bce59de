import { useEffect, useRef, useState } from 'preact/hooks';
import type { FileRecord } from '../../../client/index.ts';
import { useConsole } from '../state/console.ts';
import { downloadFile } from '../state/download.ts';
import { useFileRecord } from '../state/file-record.ts';
import { saveJson } from '../state/save-json.ts';
import { isOperable, isStored, kindOf, reasonWords, replacementWords, STATUS_WORDS } from '../words/files.ts';
import { FileActions } from './file-actions.tsx';
import { readyRendition } from './file-card.tsx';
import { Pages, Security, TextExcerpt } from './file-content.tsx';
import { Facts, Timeline } from './file-facts.tsx';
import { Renditions } from './file-renditions.tsx';
import { FileVersions } from './file-versions.tsx';
import { CloseIcon, KindIcon } from './icons.tsx';
import { MakeForm } from './make-form.tsx';
import { ErrorNotice } from './notice.tsx';
import { FilePlayer } from './player/file-player.tsx';
import { RenditionImage } from './rendition-image.tsx';
import { SimilarFiles } from './similar-files.tsx';
import { StatusBadge } from './status-badge.tsx';

const PREVIEW_RENDITIONS = ['preview', 'large', 'medium', 'small'] as const;

interface FileDetailsProps {
  /** The list's record, which stays live; the full one is fetched. */
  readonly file: FileRecord;
  readonly onClose: () => void;
  readonly onOpen: (other: FileRecord) => void;
}

/** Everything about one file. */
export function FileDetails({ file: listed, onClose, onOpen }: FileDetailsProps) {
  const model = useConsole();
  const { client, files, quota, search } = model;
  const dialog = useRef<HTMLDialogElement>(null);
  const { file, isWhole, timeline, reload, ...loaded } = useFileRecord(client.api, listed);
  const [failure, setFailure] = useState<unknown>(undefined);
  const [busy, setBusy] = useState(false);
  const [page, setPage] = useState<string | undefined>(undefined);
  const error = failure ?? loaded.error;
  const rendition = page ?? readyRendition(file, PREVIEW_RENDITIONS);

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

  const attempt = async (act: () => Promise<unknown>) => {
    setBusy(true);
    setFailure(undefined);
    try {
      await act();
    } catch (cause) {
      setFailure(cause);
    }
    setBusy(false);
  };
  const download = (of?: { version?: number; rendition?: string }) =>
    void attempt(() => downloadFile(model, file.id, of));
  const saveReceipt = () =>
    void attempt(async () => saveJson(`${file.filename}.receipt.json`, await client.api.receipt(file.id)));
  const restoreVersion = (version: number) =>
    void attempt(async () => {
      await client.api.restoreVersion(file.id, version);
      reload();
      files.refreshSoon();
    });
  const leave = (act: () => Promise<unknown>) =>
    attempt(async () => {
      await act();
      files.remove(file.id);
      search.remove(file.id);
      files.refreshSoon();
      quota.refreshSoon();
      dialog.current?.close();
    });

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
        <div class="details-look">
          <FilePlayer file={file} isWhole={isWhole}>
            <div class={`details-picture kind-${kindOf(file.mimeType)}`}>
              <RenditionImage
                key={`${file.version} ${page}`}
                fileId={file.id}
                version={file.version}
                rendition={rendition}
                placeholder={file.media?.placeholder}
                alt={`Preview of ${file.filename}`}
              >
                <KindIcon kind={kindOf(file.mimeType)} />
              </RenditionImage>
            </div>
          </FilePlayer>
          <Pages file={file} chosen={page} onChoose={setPage} />
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
          <Security file={file} />
          <TextExcerpt file={file} />
          <Renditions
            file={file}
            busy={busy}
            onDownload={isStored(file) ? (name) => download({ rendition: name }) : undefined}
          />
          {isStored(file) && isOperable(file) && <MakeForm file={file} onChange={reload} />}
          {isStored(file) && <SimilarFiles file={file} onOpen={onOpen} />}
          <FileVersions
            file={file}
            busy={busy}
            onDownload={(version) => download({ version })}
            onRestore={restoreVersion}
          />
          <Timeline events={timeline} />
        </div>
      </div>
      <FileActions
        file={file}
        busy={busy}
        onDownload={() => download()}
        onReceipt={saveReceipt}
        onRestore={() => void leave(() => client.api.restoreFile(file.id))}
        onDelete={(forGood) => leave(() => client.api.deleteFile(file.id, { hard: forGood }))}
      />
    </dialog>
  );
}
