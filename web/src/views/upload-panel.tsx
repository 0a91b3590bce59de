import { canPause, isOver, queueTotals, type UploadSnapshot } from '../../../client/index.ts';
import { useConsole } from '../state/console.ts';
import { useStore } from '../state/store.ts';
import { formatBytes, formatDuration, formatPercent, formatSpeed, plural } from '../words/format.ts';
import { Announcer } from './announcer.tsx';
import { PauseIcon, PlayIcon } from './icons.tsx';
import { UploadRow } from './upload-row.tsx';

/** A folder may bring thousands; a list that long helps nobody and slows the page. */
const MAX_ROWS = 60;
/** What needs eyes first. */
const ORDER: Readonly<Record<UploadSnapshot['phase'], number>> = {
  failed: 0,
  uploading: 1,
  completing: 1,
  initiating: 1,
  paused: 2,
  queued: 3,
  rejected: 4,
  processing: 5,
  finished: 6,
  cancelled: 7,
};

export function UploadPanel() {
  const { uploads, client } = useConsole();
  const snapshots = useStore(uploads.snapshots);
  if (snapshots.length === 0) return <Announcer words="" />;

  const totals = queueTotals(snapshots);
  const rows = [...snapshots].sort((a, b) => ORDER[a.phase] - ORDER[b.phase]);
  const over = snapshots.filter((upload) => isOver(upload.phase)).length;
  const pausable = snapshots.some((upload) => canPause(upload.phase));
  const paused = snapshots.some((upload) => upload.phase === 'paused');
  const summary = `${totals.filesSent} of ${plural(totals.files, 'file')} uploaded`;

  return (
    <section class="panel uploads" aria-label="Uploads" data-testid="uploads">
      <div class="panel-head">
        <div>
          <h2>Uploads</h2>
          <p class="muted" data-testid="uploads-summary">
            {summary}
            {totals.filesRejected > 0 && `, ${totals.filesRejected} rejected`}
            {totals.filesFailed > 0 && `, ${totals.filesFailed} failed`}
          </p>
        </div>
        <div class="panel-actions">
          {pausable && (
            <button
              type="button"
              class="button"
              onClick={() => client.queue.pauseAll()}
              data-testid="pause-all"
            >
              <PauseIcon />
              Pause all
            </button>
          )}
          {paused && (
            <button
              type="button"
              class="button"
              onClick={() => client.queue.resumeAll()}
              data-testid="resume-all"
            >
              <PlayIcon />
              Resume all
            </button>
          )}
          {over > 0 && (
            <button
              type="button"
              class="button button-quiet"
              onClick={() => uploads.dismissOver()}
              data-testid="clear-finished"
            >
              Clear finished
            </button>
          )}
        </div>
      </div>
      <div class="total">
        <progress
          class="bar bar-total"
          max={Math.max(1, totals.bytes)}
          value={totals.bytes === 0 ? 1 : totals.uploadedBytes}
          aria-label="Total progress"
          data-testid="total-progress"
        />
        <p class="total-words">
          <span>
            <strong>{formatPercent(totals.uploadedBytes, totals.bytes)}</strong> ·{' '}
            {formatBytes(totals.uploadedBytes)} of {formatBytes(totals.bytes)}
          </span>
          {totals.bytesPerSecond > 0 && (
            <span data-testid="total-speed">
              {formatSpeed(totals.bytesPerSecond)}
              {totals.etaSeconds !== undefined && ` · ${formatDuration(totals.etaSeconds)} left`}
            </span>
          )}
        </p>
      </div>
      <ul class="upload-list">
        {rows.slice(0, MAX_ROWS).map((upload) => (
          <UploadRow key={upload.id} upload={upload} queue={client.queue} />
        ))}
      </ul>
      {rows.length > MAX_ROWS && (
        <p class="muted more-rows">and {plural(rows.length - MAX_ROWS, 'more file')}</p>
      )}
      <Announcer words={`${summary}, ${formatPercent(totals.uploadedBytes, totals.bytes)}`} />
    </section>
  );
}
