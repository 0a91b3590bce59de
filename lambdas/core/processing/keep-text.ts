import type { FileRecord } from '../files/file.ts';
import type { TextExcerpts } from '../ports.ts';

/** Characters of a text that a file's record shows (DESIGN 6). */
export const excerptCharacters = 10_000;

/** Bytes of UTF-8 that are kept of a text for the index (DESIGN 6). */
export const textMaxBytes = 1024 * 1024;

interface KeepTextDeps {
  readonly objects: {
    putObject(
      file: FileRecord,
      object: { folder: 'text'; name: string; mimeType: string; body: Uint8Array },
    ): Promise<string>;
  };
  readonly excerpts: Pick<TextExcerpts, 'save'>;
}

/**
 * Keeps the text of a content: what the index needs as an object, what a record shows beside the record. `truncated`: the
 * content has more text than this.
 */
export async function keepText(
  { objects, excerpts }: KeepTextDeps,
  file: FileRecord,
  text: string,
  truncated: boolean,
): Promise<NonNullable<FileRecord['text']>> {
  const { body, isCut } = bounded(text);
  const excerpt = firstCharacters(text, excerptCharacters);
  const mimeType = 'text/plain; charset=utf-8';
  const [key] = await Promise.all([
    objects.putObject(file, { folder: 'text', name: 'text.txt', mimeType, body }),
    excerpts.save(file, excerpt),
  ]);
  return { key, characters: text.length, truncated: truncated || isCut };
}

function bounded(text: string): { body: Uint8Array; isCut: boolean } {
  const body = new Uint8Array(textMaxBytes);
  const { read, written } = new TextEncoder().encodeInto(text, body);
  return { body: body.subarray(0, written), isCut: read < text.length };
}

/** Never ends in the middle of a surrogate pair. */
export const firstCharacters = (text: string, max: number): string =>
  text.slice(0, /[\uD800-\uDBFF]/.test(text[max - 1] ?? '') ? max - 1 : max);
