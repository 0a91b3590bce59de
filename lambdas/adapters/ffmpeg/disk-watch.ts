import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const lookEveryMs = 500;

/** Looks what lies in a directory, again and again, and reports the first time that it is more than `maxBytes`. */
export function watchDisk(
  directory: string,
  maxBytes: number,
  onExceeded: (error: Error) => void,
): { stop(): void } {
  const look = async () => {
    const bytes = await bytesIn(directory);
    if (bytes > maxBytes) onExceeded(new Error(`the encoder wrote ${bytes} bytes of at most ${maxBytes}`));
  };
  const timer = setInterval(() => void look(), lookEveryMs);
  return { stop: () => clearInterval(timer) };
}

/** Files that are deleted meanwhile count nothing. */
async function bytesIn(directory: string): Promise<number> {
  const names = await readdir(directory).catch(() => []);
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(directory, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
