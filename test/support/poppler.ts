import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const maxOutputBytes = 64 * 1024 * 1024;
const deadlineMs = 30_000;

/** What Debian's poppler-utils say of a document, as a second opinion. */
export interface Poppler {
  pages(): Promise<number>;
  /** As a reader sees it, or in the order in which it was written. */
  text(order: 'reading' | 'written'): Promise<string>;
  /** A page as a PNG whose longer side has `side` pixels. */
  page(number: number, side: number): Promise<Buffer>;
}

/** `directory` is for the copy that the tools read. */
export async function poppler(source: Uint8Array, directory: string, name: string): Promise<Poppler> {
  const file = join(directory, name);
  await writeFile(file, source);
  return {
    pages: async () => Number(/^Pages:\s+(\d+)/m.exec((await run('pdfinfo', [file])).toString())?.[1]),
    text: async (order) =>
      (
        await run('pdftotext', [...(order === 'written' ? ['-raw'] : []), '-enc', 'UTF-8', file, '-'])
      ).toString(),
    page: (number, side) =>
      run('pdftoppm', [
        ...['-f', String(number), '-l', String(number), '-singlefile', '-cropbox'],
        ...['-scale-to', String(side), '-png', file],
      ]),
  };
}

function run(tool: string, args: readonly string[]): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    execFile(
      tool,
      [...args],
      { encoding: 'buffer', maxBuffer: maxOutputBytes, timeout: deadlineMs },
      (error, stdout) => {
        if (!error) resolve(stdout);
        else if ('code' in error && error.code === 'ENOENT') {
          reject(
            new Error(
              `The tests compare what is read of PDFs with what poppler reads: apt install poppler-utils (${tool} is missing).`,
            ),
          );
        } else reject(error);
      },
    );
  });
}
