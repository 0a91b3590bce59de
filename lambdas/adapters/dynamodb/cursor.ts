import { errors } from '../../core/errors.ts';

/**
 * Cursors carry ids and a sort key, never a partition: that one is rebuilt for the caller, so a forged cursor
 * cannot leave the caller's own listing.
 */
export const encodeCursor = (parts: readonly string[]): string =>
  Buffer.from(JSON.stringify(parts)).toString('base64url');

/** DynamoDB refuses a key with an empty part, sort keys above this, and text that is not Unicode. */
const maxPartBytes = 1_024;

const bytes = (text: string): number => Buffer.byteLength(text);

/** @throws cursor_invalid unless it has `length` parts, none empty, each like `shape` */
export function decodeCursor(cursor: string, length: number, shape = /./s): readonly string[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    const isPart = (part: unknown): boolean =>
      typeof part === 'string' && shape.test(part) && part.isWellFormed() && bytes(part) <= maxPartBytes;
    if (Array.isArray(parts) && parts.length === length && parts.every(isPart)) return parts;
  } catch {
    // falls through to the one answer for every malformed cursor
  }
  throw errors.cursorInvalid();
}
