import { useRef, useState } from 'preact/hooks';
import { useConsole } from '../state/console.ts';
import { useStore } from '../state/store.ts';
import type { Unfinished } from '../state/uploads.ts';
import { formatAgo, formatBytes, formatPercent } from '../words/format.ts';
import { ClockIcon } from './icons.tsx';
import { ErrorNotice } from './notice.tsx';

export function UnfinishedPanel() {
  const { uploads } = useConsole();
  const unfinished = useStore(uploads.unfinished);
  if (unfinished.length === 0) return null;
  return (
    <section class="panel unfinished" aria-label="Unfinished uploads" data-testid="unfinished">
      <div class="panel-head">
        <div>
          <h2>Unfinished uploads</h2>
          <p class="muted">
            Choose the file again to go on where it stopped: what has arrived is not sent twice.
          </p>
        </div>
      </div>
      <ul class="upload-list">
        {unfinished.map((upload) => (
          <UnfinishedRow key={upload.fileId} upload={upload} />
        ))}
      </ul>
    </section>
  );
}

function UnfinishedRow({ upload }: { upload: Unfinished }) {
  const { uploads } = useConsole();
  const picker = useRef<HTMLInputElement>(null);
  const [wrongFile, setWrongFile] = useState(false);
  const [error, setError] = useState<unknown>(undefined);

  const onPick = (event: { currentTarget: HTMLInputElement }) => {
    const [file] = [...(event.currentTarget.files ?? [])];
    event.currentTarget.value = '';
    if (file) setWrongFile(!uploads.resumeUnfinished(upload, file));
  };

  return (
    <li
      class="upload tone-wait"
      data-testid="unfinished-row"
      data-name={upload.filename}
      data-file-id={upload.fileId}
    >
      <span class="upload-mark">
        <ClockIcon />
      </span>
      <div class="upload-main">
        <p class="upload-name">
          <span class="ellipsis" title={upload.filename}>
            {upload.filename}
          </span>
          {upload.path !== '/' && <span class="upload-path ellipsis">{upload.path}</span>}
        </p>
        {upload.uploadedBytes !== undefined && (
          <progress
            class="bar bar-wait"
            max={Math.max(1, upload.size)}
            value={upload.uploadedBytes}
            aria-label={`Arrived of ${upload.filename}`}
          />
        )}
        <p class="upload-words">
          {formatBytes(upload.size)} · started {formatAgo(upload.createdAt, Date.now())}
          {upload.uploadedBytes !== undefined &&
            ` · ${formatPercent(upload.uploadedBytes, upload.size, 0)} has arrived`}
        </p>
        {wrongFile && (
          <p class="upload-help" role="alert">
            That is another file, or it was changed since. Choose the one that the upload began with, or
            discard the upload and start anew.
          </p>
        )}
        {error !== undefined && <ErrorNotice error={error} />}
      </div>
      <div class="upload-actions">
        <button
          type="button"
          class="button button-small"
          onClick={() => picker.current?.click()}
          data-testid="resume-unfinished"
        >
          Choose the file again
        </button>
        <button
          type="button"
          class="button button-small button-quiet"
          onClick={() => uploads.discardUnfinished(upload).catch(setError)}
          data-testid="discard-unfinished"
        >
          Discard
        </button>
        <input ref={picker} type="file" hidden onChange={onPick} data-testid="resume-input" />
      </div>
    </li>
  );
}
