import { useEffect, useRef, useState } from 'preact/hooks';
import { useConsole } from '../state/console.ts';
import { droppedFiles, joinFolder, pickedFiles } from '../state/dropped-files.ts';
import { useStore } from '../state/store.ts';
import { formatBytes } from '../words/format.ts';
import { FolderIcon, UploadIcon } from './icons.tsx';
import { ErrorNotice } from './notice.tsx';

export function DropZone() {
  const { uploads, quota } = useConsole();
  const { quota: limits } = useStore(quota.state);
  const [folder, setFolder] = useState('/');
  const [error, setError] = useState<unknown>(undefined);
  const dragging = useDropAnywhere((items) => {
    setError(undefined);
    droppedFiles(items, folder).then((picked) => uploads.add(picked), setError);
  });
  const files = useRef<HTMLInputElement>(null);
  const folders = useRef<HTMLInputElement>(null);

  const onPick = (event: { currentTarget: HTMLInputElement }) => {
    uploads.add(pickedFiles(event.currentTarget.files, folder));
    // So that choosing the same file again is a change again.
    event.currentTarget.value = '';
  };

  return (
    <section
      class={dragging ? 'drop-zone drop-zone-over' : 'drop-zone'}
      aria-label="Add files"
      data-testid="drop-zone"
    >
      <div class="drop-zone-words">
        <span class="drop-zone-icon">
          <UploadIcon />
        </span>
        <div>
          <h2>{dragging ? 'Let go to upload' : 'Drop files or a folder anywhere'}</h2>
          <p class="muted">
            {limits?.maxFileSize ? `Up to ${formatBytes(limits.maxFileSize)} each. ` : ''}
            Large files go in parallel parts and can be paused.
          </p>
        </div>
      </div>
      <div class="drop-zone-actions">
        <button
          type="button"
          class="button button-primary"
          onClick={() => files.current?.click()}
          data-testid="choose-files"
        >
          <UploadIcon />
          Choose files
        </button>
        <button
          type="button"
          class="button"
          onClick={() => folders.current?.click()}
          data-testid="choose-folder"
        >
          <FolderIcon />
          Choose a folder
        </button>
        <label class="folder-field">
          <span>to</span>
          <input
            type="text"
            value={folder}
            spellcheck={false}
            aria-label="Folder that new files go to"
            data-testid="target-folder"
            onChange={(event) => setFolder(joinFolder(event.currentTarget.value, ''))}
          />
        </label>
      </div>
      <input ref={files} type="file" multiple hidden onChange={onPick} data-testid="file-input" />
      <input
        ref={(input) => {
          folders.current = input;
          input?.setAttribute('webkitdirectory', '');
        }}
        type="file"
        multiple
        hidden
        onChange={onPick}
        data-testid="folder-input"
      />
      {error !== undefined && <ErrorNotice error={error} />}
    </section>
  );
}

/** The whole window takes drops: nobody aims at a box, and a missed one would make the browser leave the page. */
function useDropAnywhere(onDrop: (items: DataTransferItemList) => void): boolean {
  const [dragging, setDragging] = useState(false);
  const latest = useRef(onDrop);
  latest.current = onDrop;

  useEffect(() => {
    // dragenter and dragleave come in pairs for every element on the way.
    let depth = 0;
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const enter = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      depth++;
      setDragging(true);
    };
    const leave = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) setDragging(false);
    };
    const over = (event: DragEvent) => {
      if (!hasFiles(event) || !event.dataTransfer) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = 'copy';
    };
    const drop = (event: DragEvent) => {
      if (!hasFiles(event) || !event.dataTransfer) return;
      event.preventDefault();
      depth = 0;
      setDragging(false);
      latest.current(event.dataTransfer.items);
    };
    const stop = new AbortController();
    window.addEventListener('dragenter', enter, { signal: stop.signal });
    window.addEventListener('dragleave', leave, { signal: stop.signal });
    window.addEventListener('dragover', over, { signal: stop.signal });
    window.addEventListener('drop', drop, { signal: stop.signal });
    return () => stop.abort();
  }, []);

  return dragging;
}
