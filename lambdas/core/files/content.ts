import type { MoveFacts } from './change.ts';
import type { FileRecord, FileVersion } from './file.ts';

/** What of a record is its content: it changes places as a whole, while name, tags and rights stay with the file. */
const contentFields = [
  'originalName',
  'mimeType',
  'charset',
  'size',
  'checksum',
  'uploadId',
  'contentEtag',
  'intakeVersionId',
  'libraryKey',
  'libraryVersionId',
  'encryptionKey',
  'media',
  'exif',
  'category',
  'details',
  'perceptualHash',
  'text',
  'findings',
  'checksums',
  'scan',
  'renditions',
  'uploadedAt',
  'storedAt',
] as const satisfies readonly (keyof FileRecord)[];

type Content = Partial<Pick<FileRecord, (typeof contentFields)[number]>>;

/** For a change that gives a file other content; what the old one had and the new one lacks goes away. */
export function contentFacts(content: Content): Required<Pick<MoveFacts, 'set' | 'clear'>> {
  const present = contentFields.filter((name) => content[name] !== undefined);
  return {
    set: Object.fromEntries(present.map((name) => [name, content[name]])),
    // Why the old content could not be processed says nothing about the new one.
    clear: [...contentFields.filter((name) => content[name] === undefined), 'reason'],
  };
}

/** The file's content as it is kept when other content takes its place at `replacedAt`. */
export function keptVersion(file: FileRecord, replacedAt: string): FileVersion {
  const { tenantId, fileId, version, libraryKey, libraryVersionId } = file;
  if (!libraryKey || !libraryVersionId) throw new Error(`file ${fileId} has no content to keep`);
  const { originalName, mimeType, charset, size, checksum, uploadId, contentEtag } = file;
  const { category, details, perceptualHash, text } = file;
  const { media, exif, findings, checksums, scan, encryptionKey, renditions, uploadedAt, storedAt } = file;
  return {
    tenantId,
    fileId,
    version,
    originalName,
    mimeType,
    size,
    uploadId,
    renditions,
    libraryKey,
    libraryVersionId,
    replacedAt,
    ...(charset && { charset }),
    ...(checksum && { checksum }),
    ...(contentEtag && { contentEtag }),
    ...(media && { media }),
    ...(exif && { exif }),
    ...(category && { category }),
    ...(details && { details }),
    ...(perceptualHash && { perceptualHash }),
    ...(text && { text }),
    ...(findings && { findings }),
    ...(checksums && { checksums }),
    ...(scan && { scan }),
    ...(encryptionKey && { encryptionKey }),
    ...(uploadedAt && { uploadedAt }),
    ...(storedAt && { storedAt }),
  };
}
