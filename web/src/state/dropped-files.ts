import type { PickedFile } from './uploads.ts';

/** What file managers leave behind in folders; nobody means to upload these. */
const JUNK: ReadonlySet<string> = new Set(['.DS_Store', 'Thumbs.db', 'desktop.ini']);

/** `/photos` and `2026/may` -> `/photos/2026/may`; always a leading slash, never one at the end but in `/`. */
export function joinFolder(base: string, relative: string): string {
  const segments = [...base.split('/'), ...relative.split('/')].map((segment) => segment.trim());
  return `/${segments.filter((segment) => segment !== '').join('/')}`;
}

/** Files and, recursively, folders of a drop. Must be called within the event: its items are gone afterwards. */
export async function droppedFiles(items: DataTransferItemList, base: string): Promise<PickedFile[]> {
  const entries: FileSystemEntry[] = [];
  const plain: File[] = [];
  for (const item of items) {
    if (item.kind !== 'file') continue;
    const entry = item.webkitGetAsEntry();
    // Not everything that can be dropped lies in a file system: pictures dragged out of a page do not.
    const file = entry ? null : item.getAsFile();
    if (entry) entries.push(entry);
    else if (file) plain.push(file);
  }
  return [...plain.map((file) => ({ file, path: joinFolder(base, '') })), ...(await walk(entries, base))];
}

/** Files of a picker; those of a folder picker carry their path within it. */
export function pickedFiles(files: FileList | null, base: string): PickedFile[] {
  return [...(files ?? [])]
    .filter((file) => !JUNK.has(file.name))
    .map((file) => ({
      file,
      path: joinFolder(base, file.webkitRelativePath.split('/').slice(0, -1).join('/')),
    }));
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
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (batch.length === 0) return all;
    all.push(...batch);
  }
}
