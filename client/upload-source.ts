import { SluiceError } from './sluice-error.ts';

/** What the client needs of a picked file; a browser's `File` is one. */
export interface UploadSource {
  readonly name: string;
  readonly size: number;
  readonly type: string;
  /** Milliseconds since the epoch. */
  readonly lastModified: number;
  slice(start: number, end: number): Blob;
}

/** Browsers leave `type` empty for what their platform does not know; these are the types that tiers can allow. */
const TYPES_BY_EXTENSION: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  gif: 'image/gif',
  avif: 'image/avif',
  heic: 'image/heic',
  heif: 'image/heif',
  pdf: 'application/pdf',
  txt: 'text/plain',
  csv: 'text/csv',
  md: 'text/markdown',
  json: 'application/json',
  xml: 'application/xml',
  mp4: 'video/mp4',
  m4v: 'video/x-m4v',
  mov: 'video/quicktime',
  mkv: 'video/x-matroska',
  webm: 'video/webm',
  avi: 'video/x-msvideo',
  mp3: 'audio/mpeg',
  m4a: 'audio/mp4',
  wav: 'audio/wav',
  flac: 'audio/flac',
  ogg: 'audio/ogg',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  odt: 'application/vnd.oasis.opendocument.text',
  ods: 'application/vnd.oasis.opendocument.spreadsheet',
  odp: 'application/vnd.oasis.opendocument.presentation',
  zip: 'application/zip',
};

export function mimeTypeOf(source: Pick<UploadSource, 'name' | 'type'>): string {
  if (source.type !== '') return source.type;
  const extension = source.name.slice(source.name.lastIndexOf('.') + 1).toLowerCase();
  return TYPES_BY_EXTENSION[extension] ?? 'application/octet-stream';
}

/**
 * A file that was changed, moved or unplugged after it was picked cannot be read any more; the browser reports its
 * PUT as a broken connection. One byte tells which of the two it is.
 * @throws SluiceError `file_unreadable`
 */
export async function assertReadable(source: UploadSource): Promise<void> {
  try {
    await source.slice(0, 1).arrayBuffer();
  } catch (cause) {
    throw new SluiceError({
      status: 0,
      code: 'file_unreadable',
      detail: 'The file was changed, moved or removed after it was chosen. Choose it again.',
      cause,
    });
  }
}
