import type { PickedFile } from './uploads.ts';

/** What file managers leave behind in folders; nobody means to upload these. */
const JUNK: ReadonlySet<string> = new Set(['.DS_Store', 'Thumbs.db', 'desktop.ini']);

/** `/photos` and `2026/may` -> `/photos/2026/may`; always a leading slash, never one at the end but in `/`. */
export function joinFolder(base: string, relative: string): string {
  const segments = [...base.split('/'), ...relative.split('/')].map((segment) => segment.trim());
  return `/${segments.filter((segment) => segment !== '').join('/')}`;
}

/** Files and, recursively, folders of a drop. Must be called within the event: its items are gone afterwards. */
export function droppedFiles(items: DataTransferItemList, base: string): Promise<PickedFile[]> {
  const entries = [...items]
    .filter((item) => item.kind === 'file')
    .map((item) => item.webkitGetAsEntry())
    .filter((entry) => entry !== null);
  return walk(entries, base);
}

/** Files of a picker; those of a folder picker carry their path within it. */
export function pickedFiles(files: FileList | null, base: string): PickedFile[] {
  return [...(files ?? [])]
    .filter((file) => !JUNK.has(file.name))
    .map((file) => ({ file, path: joinFolder(base, file.webkitRelativePath.split('/').slice(0, -1).join('/')) }));
}

async function walk(entries: readonly FileSystemEntry[], folder: string): Promise<PickedFile[]> {
  const found: PickedFile[] = [];
  for (const entry of entries) {
    if (entry.isDirectory) {
      const children = await readFolder(entry as FileSystemDirectoryEntry);
      found.push(...(await walk(children, joinFolder(folder, entry.name))));
    } else if (!JUNK.has(entry.name)) {
      found.push({ file: await readFile(entry as FileSystemFileEntry), path: joinFolder(folder, '') });
    }
  }
  return found;
}

const readFile = (entry: FileSystemFileEntry): Promise<File> =>
  new Promise((resolve, reject) => entry.file(resolve, reject));

/** Browsers hand out at most 100 entries a call; an empty answer is the end. */
async function readFolder(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (batch.length === 0) return all;
    all.push(...batch);
  }
}
