import { useState } from 'preact/hooks';
import type { FileRecord } from '../../../client/index.ts';
import { isStored } from '../words/files.ts';
import { DownloadIcon, ReceiptIcon, RetryIcon, TrashIcon } from './icons.tsx';

const deleteWords = (forGood: boolean, busy: boolean): string => {
  if (busy) return 'Deleting…';
  return forGood ? 'Delete for good' : 'Move to trash';
};

interface FileActionsProps {
  readonly file: FileRecord;
  readonly busy: boolean;
  readonly onDownload: () => void;
  readonly onReceipt: () => void;
  readonly onRestore: () => void;
  /** Settles when it is gone, or is known to stay. */
  readonly onDelete: (forGood: boolean) => Promise<void>;
}

/** What can be done with the file as a whole. */
export function FileActions({ file, busy, onDownload, onReceipt, onRestore, onDelete }: FileActionsProps) {
  const [confirming, setConfirming] = useState(false);
  const stored = isStored(file);
  // The trash takes what has content; everything else has nothing that could be restored.
  const forGood = !stored;
  if (confirming) {
    return (
      <footer class="details-actions">
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
          onClick={() => void onDelete(forGood).then(() => setConfirming(false))}
          data-testid="confirm-delete"
        >
          {deleteWords(forGood, busy)}
        </button>
      </footer>
    );
  }
  return (
    <footer class="details-actions">
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
        <button type="button" class="button" disabled={busy} onClick={onRestore} data-testid="restore">
          <RetryIcon />
          Restore
        </button>
      )}
      {stored && (
        <button
          type="button"
          class="button"
          title="A signed proof of what the file holds"
          onClick={onReceipt}
          data-testid="receipt"
        >
          <ReceiptIcon />
          Receipt
        </button>
      )}
      <button
        type="button"
        class="button button-primary"
        disabled={!stored}
        onClick={onDownload}
        data-testid="download"
      >
        <DownloadIcon />
        Download original
      </button>
    </footer>
  );
}
