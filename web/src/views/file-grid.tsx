import { useState } from 'preact/hooks';
import type { FileRecord } from '../../../client/index.ts';
import { useConsole } from '../state/console.ts';
import type { StatusFilter } from '../state/files.ts';
import { useStore } from '../state/store.ts';
import { FileCard } from './file-card.tsx';
import { FileDetails } from './file-details.tsx';
import { RetryIcon, UploadIcon } from './icons.tsx';
import { LoadMore } from './load-more.tsx';
import { ErrorNotice } from './notice.tsx';

const FILTERS: ReadonlyArray<readonly [filter: StatusFilter, label: string]> = [
  ['all', 'All'],
  ['available', 'Available'],
  ['pending', 'In progress'],
  ['ended', 'Rejected & ended'],
  ['deleted', 'Trash'],
];
const EMPTY_WORDS: Readonly<Record<StatusFilter, readonly [title: string, help: string]>> = {
  all: ['No files yet', 'Drop your first files anywhere on this page. They appear here with their previews.'],
  available: ['Nothing available yet', 'Files are listed here as soon as they passed the inspection.'],
  pending: ['Nothing in progress', 'Everything that was uploaded has been dealt with.'],
  ended: [
    'Nothing was rejected',
    'Files that the inspection refuses, and uploads that were cancelled, are listed here.',
  ],
  deleted: ['The trash is empty', 'Deleted files stay here for a while and can be restored.'],
};
const SKELETONS = Array.from({ length: 8 }, (_, index) => index);

export function FileGrid() {
  const { files: model } = useConsole();
  const state = useStore(model.state);
  const [opened, setOpened] = useState<FileRecord | undefined>(undefined);
  const files = model.visible(state.files);
  // The list's record stays live; a similar picture may not be in the list.
  const open = opened && (state.files.find((file) => file.id === opened.id) ?? opened);

  return (
    <section class="files" aria-label="Files" data-testid="files">
      <div class="files-head">
        <h2>Files</h2>
        <fieldset class="segments" aria-label="Show">
          {FILTERS.map(([filter, label]) => (
            <button
              key={filter}
              type="button"
              class="segment"
              aria-pressed={state.filter === filter}
              onClick={() => void model.load(filter)}
              data-testid={`filter-${filter}`}
            >
              {label}
            </button>
          ))}
        </fieldset>
        <button
          type="button"
          class="icon-button"
          aria-label="Reload the list"
          title="Reload the list"
          onClick={() => void model.load()}
          data-testid="reload-files"
        >
          <RetryIcon />
        </button>
      </div>

      {state.error !== undefined && (
        <ErrorNotice error={state.error}>
          <button type="button" class="button" onClick={() => void model.load()}>
            Try again
          </button>
        </ErrorNotice>
      )}

      {files.length > 0 && (
        <ul class="grid" data-testid="file-grid">
          {files.map((file) => (
            <FileCard key={file.id} file={file} onOpen={() => setOpened(file)} />
          ))}
        </ul>
      )}
      {files.length === 0 && state.loading === 'first' && (
        <div class="grid" aria-busy="true" data-testid="files-loading">
          {SKELETONS.map((index) => (
            <div key={index} class="card skeleton-card">
              <span class="card-picture skeleton-block" />
              <span class="skeleton-line" />
              <span class="skeleton-line skeleton-short" />
            </div>
          ))}
        </div>
      )}
      {files.length === 0 && !state.loading && state.error === undefined && <Empty filter={state.filter} />}

      {state.nextCursor && (
        <LoadMore loading={state.loading} onMore={() => void model.loadMore()} testId="load-more" />
      )}
      {open && (
        <FileDetails key={open.id} file={open} onClose={() => setOpened(undefined)} onOpen={setOpened} />
      )}
    </section>
  );
}

function Empty({ filter }: { filter: StatusFilter }) {
  const [title, help] = EMPTY_WORDS[filter];
  return (
    <div class="empty" data-testid="files-empty">
      <span class="empty-icon">
        <UploadIcon />
      </span>
      <h3>{title}</h3>
      <p class="muted">{help}</p>
    </div>
  );
}
