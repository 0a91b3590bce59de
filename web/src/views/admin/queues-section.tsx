import { useState } from 'preact/hooks';
import type { QueueState } from '../../../../client/index.ts';
import { useConsole } from '../../state/console.ts';
import { useLoaded } from '../../state/loaded.ts';
import { formatAgo, formatCount, formatDuration, plural } from '../../words/format.ts';
import { ErrorNotice } from '../notice.tsx';
import { WhenLoaded } from './loading.tsx';

export function QueuesSection() {
  const { admin } = useConsole().client;
  const loaded = useLoaded((signal) => admin.queues(signal), 'queues');
  return (
    <section aria-label="Queues" class="admin-section">
      <div class="admin-head">
        <h2>Queues</h2>
        <button type="button" class="button button-small" onClick={loaded.reload} data-testid="reload-queues">
          Reload
        </button>
      </div>
      <WhenLoaded loaded={loaded}>
        {(queues) => (
          <div class="panel table-scroll">
            <table class="table" data-testid="queues">
              <thead>
                <tr>
                  <th scope="col">Queue</th>
                  <th scope="col" class="number">
                    Waiting
                  </th>
                  <th scope="col" class="number wide-only">
                    In flight
                  </th>
                  <th scope="col" class="number wide-only">
                    Delayed
                  </th>
                  <th scope="col">Failed jobs</th>
                </tr>
              </thead>
              <tbody>
                {queues.map((queue) => (
                  <QueueRow key={queue.name} queue={queue} onChange={loaded.reload} />
                ))}
              </tbody>
            </table>
          </div>
        )}
      </WhenLoaded>
    </section>
  );
}

function QueueRow({ queue, onChange }: { queue: QueueState; onChange: () => void }) {
  const { admin } = useConsole().client;
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  const [moved, setMoved] = useState<number | undefined>(undefined);
  const failed = queue.dlq.visible;

  const redrive = async () => {
    setBusy(true);
    setError(undefined);
    try {
      setMoved(await admin.redrive(queue.name));
      onChange();
    } catch (cause) {
      setError(cause);
    } finally {
      setBusy(false);
    }
  };

  return (
    <tr data-testid="queue-row" data-name={queue.name} data-failed={failed}>
      <th scope="row">{queue.name}</th>
      <td class="number">{formatCount(queue.visible)}</td>
      <td class="number wide-only">{formatCount(queue.inFlight)}</td>
      <td class="number wide-only">{formatCount(queue.delayed)}</td>
      <td>
        {failed === 0 && moved === undefined && <span class="muted">none</span>}
        {moved !== undefined && (
          <span class="muted" role="status">
            {plural(moved, 'job')} sent back
          </span>
        )}
        {failed > 0 && (
          <div class="dead-letters">
            <span class="badge tone-bad">{plural(failed, 'failed job')}</span>
            {queue.dlq.oldestSeconds !== undefined && (
              <span class="muted">oldest {formatDuration(queue.dlq.oldestSeconds)}</span>
            )}
            <button
              type="button"
              class="button button-small"
              disabled={busy}
              onClick={() => void redrive()}
              data-testid="redrive"
            >
              {busy ? 'Sending back…' : 'Redrive'}
            </button>
            <FailedJobs queue={queue.name} jobs={queue.failed} />
          </div>
        )}
        {error !== undefined && <ErrorNotice error={error} />}
      </td>
    </tr>
  );
}

function FailedJobs({ queue, jobs }: { queue: string; jobs: QueueState['failed'] }) {
  if (jobs.length === 0) return null;
  return (
    <details aria-label={`Failed jobs of ${queue}`}>
      <summary>Show {plural(jobs.length, 'job')}</summary>
      <ul class="dead-letter-list">
        {jobs.map((job) => (
          <li key={job.messageId} data-testid="failed-job">
            <span>{job.tenantId ?? job.reason ?? 'unknown'}</span>
            <code>{job.fileId ?? job.messageId}</code>
            <span class="muted">
              tried {plural(job.receives, 'time')}, {formatAgo(job.at, Date.now())}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
