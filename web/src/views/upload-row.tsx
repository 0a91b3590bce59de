import {
  canCancel,
  canPause,
  canResume,
  canRetry,
  isOver,
  type UploadQueue,
  type UploadSnapshot,
} from '../../../client/index.ts';
import { explain } from '../words/errors.ts';
import { reasonWords, STATUS_WORDS, type Tone } from '../words/files.ts';
import { formatBytes, formatDuration, formatSpeed } from '../words/format.ts';
import {
  AlertIcon,
  CheckIcon,
  ClockIcon,
  CloseIcon,
  PauseIcon,
  PlayIcon,
  RetryIcon,
  UploadIcon,
} from './icons.tsx';

export function UploadRow({ upload, queue }: { upload: UploadSnapshot; queue: UploadQueue }) {
  const { tone, words, help } = describe(upload);
  const act = (label: string) => `${label} ${upload.name}`;
  return (
    <li
      class={`upload tone-${tone}`}
      data-testid="upload-row"
      data-name={upload.name}
      data-phase={upload.phase}
      data-file-id={upload.fileId}
    >
      <span class="upload-mark">
        <Mark upload={upload} />
      </span>
      <div class="upload-main">
        <p class="upload-name">
          <span class="ellipsis" title={upload.name}>
            {upload.name}
          </span>
          {upload.path !== '/' && <span class="upload-path ellipsis">{upload.path}</span>}
        </p>
        {showsProgress(upload) && (
          <progress
            class={`bar bar-${tone}`}
            max={Math.max(1, upload.size)}
            value={upload.size === 0 ? 1 : upload.uploadedBytes}
            aria-label={`Progress of ${upload.name}`}
            data-testid="upload-progress"
          />
        )}
        <p class="upload-words" data-testid="upload-words">
          {words}
        </p>
        {help && <p class="upload-help">{help}</p>}
      </div>
      <div class="upload-actions">
        {upload.error?.code === 'name_conflict' && upload.phase === 'failed' && (
          <>
            <button
              type="button"
              class="button button-small"
              onClick={() => queue.resume(upload.id, { onConflict: 'rename' })}
              data-testid="keep-both"
            >
              Keep both
            </button>
            <button
              type="button"
              class="button button-small"
              title="The old content is kept as a version"
              onClick={() => queue.resume(upload.id, { onConflict: 'replace' })}
              data-testid="replace"
            >
              Replace
            </button>
          </>
        )}
        {canPause(upload.phase) && (
          <button
            type="button"
            class="icon-button"
            aria-label={act('Pause')}
            title="Pause"
            onClick={() => queue.pause(upload.id)}
            data-testid="pause"
          >
            <PauseIcon />
          </button>
        )}
        {canResume(upload.phase) && (
          <button
            type="button"
            class="icon-button"
            aria-label={act('Resume')}
            title="Resume"
            onClick={() => queue.resume(upload.id)}
            data-testid="resume"
          >
            <PlayIcon />
          </button>
        )}
        {canRetry(upload.phase) && upload.error?.code !== 'name_conflict' && (
          <button
            type="button"
            class="icon-button"
            aria-label={act('Try again:')}
            title="Try again"
            onClick={() => queue.resume(upload.id)}
            data-testid="retry"
          >
            <RetryIcon />
          </button>
        )}
        {canCancel(upload.phase) && upload.phase !== 'failed' && (
          <button
            type="button"
            class="icon-button"
            aria-label={act('Cancel')}
            title="Cancel"
            onClick={() => void queue.cancel(upload.id)}
            data-testid="cancel"
          >
            <CloseIcon />
          </button>
        )}
        {(isOver(upload.phase) || upload.phase === 'failed') && (
          <button
            type="button"
            class="icon-button"
            aria-label={act('Remove from the list:')}
            title="Remove from the list"
            onClick={() => queue.dismiss([upload.id])}
            data-testid="dismiss"
          >
            <CloseIcon />
          </button>
        )}
      </div>
    </li>
  );
}

/** An empty or a full track says less than the words below it. */
const showsProgress = (upload: UploadSnapshot): boolean =>
  ['uploading', 'paused', 'completing', 'processing'].includes(upload.phase) ||
  (upload.phase === 'failed' && upload.uploadedBytes > 0);

function Mark({ upload }: { upload: UploadSnapshot }) {
  if (upload.phase === 'finished') return <CheckIcon />;
  if (upload.phase === 'failed' || upload.phase === 'rejected') return <AlertIcon />;
  if (upload.phase === 'paused') return <PauseIcon />;
  if (upload.phase === 'queued') return <ClockIcon />;
  if (upload.phase === 'cancelled') return <CloseIcon />;
  return <UploadIcon />;
}

interface Description {
  readonly tone: Tone;
  readonly words: string;
  readonly help?: string;
}

function describe(upload: UploadSnapshot): Description {
  const size = formatBytes(upload.size);
  const sent = `${formatBytes(upload.uploadedBytes)} of ${size}`;
  switch (upload.phase) {
    case 'queued':
      return upload.error
        ? { tone: 'wait', words: `Waiting · ${size}`, help: explain(upload.error).title }
        : { tone: 'wait', words: `In line · ${size}` };
    case 'initiating':
      return { tone: 'busy', words: `Starting · ${size}` };
    case 'uploading':
      return { tone: 'busy', words: moving(upload, sent) };
    case 'paused':
      return { tone: 'wait', words: `Paused · ${sent}` };
    case 'completing':
      return { tone: 'busy', words: `Finishing · ${size}` };
    case 'processing':
      return { tone: 'busy', words: `${STATUS_WORDS[upload.fileStatus ?? 'uploaded'].label} · ${size}` };
    case 'finished': {
      const status = STATUS_WORDS[upload.fileStatus ?? 'stored'];
      return upload.fileStatus === 'held' || upload.fileStatus === 'failed'
        ? { tone: status.tone, words: `${status.label} · ${size}`, help: status.help }
        : { tone: 'good', words: `${status.label} · ${size}` };
    }
    case 'rejected':
      return { tone: 'bad', words: `Rejected · ${size}`, help: reasonWords(upload.reason) };
    case 'failed': {
      const { title, advice } = explain(upload.error);
      return { tone: 'bad', words: title, help: advice };
    }
    case 'cancelled':
      return { tone: 'off', words: `Cancelled · ${size}` };
  }
}

function moving(upload: UploadSnapshot, sent: string): string {
  if (upload.bytesPerSecond <= 0) return sent;
  const eta = upload.etaSeconds === undefined ? '' : ` · ${formatDuration(upload.etaSeconds)} left`;
  return `${sent} · ${formatSpeed(upload.bytesPerSecond)}${eta}`;
}
