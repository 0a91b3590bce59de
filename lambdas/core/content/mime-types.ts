/** One content type as Sluice stores and serves it. */
export interface ContentType {
  readonly mimeType: string;
  /** With its dot. */
  readonly extension: string;
  /** Other names that browsers and systems send for it. */
  readonly aliases?: readonly string[];
  /** Signatures that this type may have, where they are named differently from the type itself. */
  readonly magic?: readonly string[];
  /** Types of one family are told apart by their bytes alone; clients mix up their names. */
  readonly family?: 'iso-media' | 'heif' | 'matroska' | 'mpeg-audio';
}

const ooxml = 'application/vnd.openxmlformats-officedocument.';
const odf = 'application/vnd.oasis.opendocument.';
export const svgType = 'image/svg+xml';
export const octetStream = 'application/octet-stream';

/** With a password it is wrapped in the container of older Office. */
const encryptable = (mimeType: string, extension: string): ContentType => ({
  mimeType,
  extension,
  magic: [mimeType, 'application/x-cfb'],
});

/** A type that is not listed is its own only name and has the extension that its signature tells. */
const contentTypes: readonly ContentType[] = [
  { mimeType: 'image/jpeg', extension: '.jpg', aliases: ['image/jpg', 'image/pjpeg'] },
  // An animated PNG is a PNG, and browsers call it so.
  { mimeType: 'image/png', extension: '.png', aliases: ['image/x-png'], magic: ['image/png', 'image/apng'] },
  { mimeType: 'image/webp', extension: '.webp' },
  { mimeType: 'image/gif', extension: '.gif' },
  // The brand `mif1` says HEIF and leaves open which codec.
  { mimeType: 'image/avif', extension: '.avif', magic: ['image/avif', 'image/heif'] },
  { mimeType: 'image/heic', extension: '.heic', magic: ['image/heic', 'image/heif'], family: 'heif' },
  { mimeType: 'image/heif', extension: '.heif', family: 'heif' },
  { mimeType: 'image/heic-sequence', extension: '.heics', family: 'heif' },
  { mimeType: 'image/heif-sequence', extension: '.heifs', family: 'heif' },
  { mimeType: 'image/bmp', extension: '.bmp', aliases: ['image/x-bmp', 'image/x-ms-bmp'] },
  { mimeType: 'image/tiff', extension: '.tiff', aliases: ['image/tif', 'image/x-tiff'] },
  { mimeType: svgType, extension: '.svg' },
  { mimeType: 'image/x-icon', extension: '.ico', aliases: ['image/vnd.microsoft.icon'] },

  {
    mimeType: 'video/mp4',
    extension: '.mp4',
    aliases: ['video/x-mp4', 'application/mp4'],
    family: 'iso-media',
  },
  { mimeType: 'video/quicktime', extension: '.mov', aliases: ['video/mov'], family: 'iso-media' },
  { mimeType: 'video/x-m4v', extension: '.m4v', family: 'iso-media' },
  { mimeType: 'video/3gpp', extension: '.3gp', family: 'iso-media' },
  { mimeType: 'video/3gpp2', extension: '.3g2', family: 'iso-media' },
  { mimeType: 'video/webm', extension: '.webm', family: 'matroska' },
  { mimeType: 'video/matroska', extension: '.mkv', aliases: ['video/x-matroska'], family: 'matroska' },
  {
    mimeType: 'video/vnd.avi',
    extension: '.avi',
    aliases: ['video/x-msvideo', 'video/avi', 'video/msvideo'],
  },
  {
    mimeType: 'video/mpeg',
    extension: '.mpg',
    aliases: ['video/mpg', 'video/x-mpeg'],
    magic: ['video/mpeg', 'video/mp1s', 'video/mp2p'],
  },
  { mimeType: 'video/mp2t', extension: '.ts', aliases: ['video/vnd.dlna.mpeg-tts'] },
  { mimeType: 'video/ogg', extension: '.ogv', magic: ['video/ogg', 'application/ogg'] },
  { mimeType: 'video/x-ms-wmv', extension: '.wmv', magic: ['video/x-ms-asf', 'application/vnd.ms-asf'] },
  { mimeType: 'video/x-ms-asf', extension: '.asf', magic: ['video/x-ms-asf', 'application/vnd.ms-asf'] },

  {
    mimeType: 'audio/mpeg',
    extension: '.mp3',
    aliases: ['audio/mp3', 'audio/x-mp3', 'audio/mpeg3', 'audio/x-mpeg'],
    family: 'mpeg-audio',
  },
  { mimeType: 'audio/aac', extension: '.aac', aliases: ['audio/x-aac', 'audio/aacp'], family: 'mpeg-audio' },
  // Without its tracks an MP4 does not tell whether it holds pictures.
  {
    mimeType: 'audio/mp4',
    extension: '.m4a',
    aliases: ['audio/m4a', 'audio/x-m4a'],
    magic: ['audio/mp4', 'audio/x-m4a', 'video/mp4'],
  },
  { mimeType: 'audio/webm', extension: '.weba', magic: ['video/webm'] },
  { mimeType: 'audio/matroska', extension: '.mka', aliases: ['audio/x-matroska'], magic: ['video/matroska'] },
  {
    mimeType: 'audio/wav',
    extension: '.wav',
    aliases: ['audio/x-wav', 'audio/wave', 'audio/vnd.wave', 'audio/x-pn-wav'],
  },
  {
    mimeType: 'audio/ogg',
    extension: '.ogg',
    aliases: ['audio/opus', 'audio/vorbis', 'audio/x-ogg'],
    magic: ['audio/ogg', 'application/ogg'],
  },
  { mimeType: 'audio/flac', extension: '.flac', aliases: ['audio/x-flac'] },
  { mimeType: 'audio/aiff', extension: '.aiff', aliases: ['audio/x-aiff'] },
  { mimeType: 'audio/midi', extension: '.mid', aliases: ['audio/mid', 'audio/x-midi'] },
  { mimeType: 'audio/x-ms-wma', extension: '.wma', magic: ['audio/x-ms-asf', 'application/vnd.ms-asf'] },

  { mimeType: 'application/pdf', extension: '.pdf', aliases: ['application/x-pdf'] },
  // Word, Excel and PowerPoint before 2007 share one container.
  { mimeType: 'application/msword', extension: '.doc', magic: ['application/x-cfb'] },
  {
    mimeType: 'application/vnd.ms-excel',
    extension: '.xls',
    aliases: ['application/msexcel', 'application/x-msexcel'],
    magic: ['application/x-cfb'],
  },
  {
    mimeType: 'application/vnd.ms-powerpoint',
    extension: '.ppt',
    aliases: ['application/mspowerpoint'],
    magic: ['application/x-cfb'],
  },
  encryptable(`${ooxml}wordprocessingml.document`, '.docx'),
  encryptable(`${ooxml}spreadsheetml.sheet`, '.xlsx'),
  encryptable(`${ooxml}presentationml.presentation`, '.pptx'),
  { mimeType: `${odf}text`, extension: '.odt' },
  { mimeType: `${odf}spreadsheet`, extension: '.ods' },
  { mimeType: `${odf}presentation`, extension: '.odp' },
  { mimeType: 'application/rtf', extension: '.rtf', aliases: ['text/rtf'] },

  {
    mimeType: 'application/zip',
    extension: '.zip',
    aliases: ['application/x-zip-compressed', 'application/x-zip'],
  },
  { mimeType: 'application/gzip', extension: '.gz', aliases: ['application/x-gzip'] },
  { mimeType: 'application/x-tar', extension: '.tar', aliases: ['application/tar'] },
  {
    mimeType: 'application/vnd.rar',
    extension: '.rar',
    aliases: ['application/x-rar-compressed', 'application/x-rar'],
  },
  { mimeType: 'application/x-bzip2', extension: '.bz2', aliases: ['application/x-bzip'] },
  { mimeType: 'application/zstd', extension: '.zst', aliases: ['application/x-zstd'] },

  { mimeType: 'text/plain', extension: '.txt' },
  {
    mimeType: 'text/csv',
    extension: '.csv',
    aliases: ['application/csv', 'text/x-csv', 'text/comma-separated-values'],
  },
  { mimeType: 'text/markdown', extension: '.md', aliases: ['text/x-markdown'] },
  { mimeType: 'application/json', extension: '.json', aliases: ['text/json'] },
  { mimeType: 'application/xml', extension: '.xml', aliases: ['text/xml'] },
  { mimeType: 'text/vtt', extension: '.vtt' },
  { mimeType: 'text/calendar', extension: '.ics' },
  { mimeType: 'text/vcard', extension: '.vcf' },
  { mimeType: 'text/tab-separated-values', extension: '.tsv' },

  { mimeType: octetStream, extension: '.bin' },
];

const byName = new Map(
  contentTypes.flatMap((type) =>
    [type.mimeType, ...(type.aliases ?? [])].map((name) => [name, type] as const),
  ),
);

/** The one name of a type: lower case, without parameters, aliases resolved (`image/jpg` -> `image/jpeg`). */
export function canonicalMimeType(mimeType: string): string {
  const bare = (mimeType.split(';', 1)[0] ?? '').trim().toLowerCase();
  return byName.get(bare)?.mimeType ?? bare;
}

/** Undefined for a type that the table does not list. Takes any name of the type. */
export const contentType = (mimeType: string): ContentType | undefined =>
  byName.get(canonicalMimeType(mimeType));

/** With its dot; empty for a type that the table does not list. */
export const extensionOf = (mimeType: string): string => contentType(mimeType)?.extension ?? '';

/** Whether a list of types and groups (`video/*`) holds a type, under any of its names. */
export function mimeTypeAllowed(mimeType: string, allowedPatterns: readonly string[]): boolean {
  const name = canonicalMimeType(mimeType);
  return allowedPatterns.some((pattern) =>
    pattern.endsWith('/*')
      ? name.startsWith(pattern.slice(0, -1).toLowerCase())
      : canonicalMimeType(pattern) === name,
  );
}

export type MediaKind = 'image' | 'video' | 'audio' | 'document' | 'text' | 'other';

/** Which pipeline a type belongs to. */
export function mediaKind(mimeType: string): MediaKind {
  const name = canonicalMimeType(mimeType);
  const group = name.split('/', 1)[0];
  if (group === 'image' || group === 'video' || group === 'audio' || group === 'text') return group;
  if (name === 'application/json' || name === 'application/xml') return 'text';
  return documents.test(name) ? 'document' : 'other';
}

const documents =
  /^application\/(?:pdf|rtf|msword|vnd\.ms-(?:excel|powerpoint)|vnd\.openxmlformats-officedocument\..+|vnd\.oasis\.opendocument\..+|epub\+zip)$/;

/** How types are grouped in numbers. */
export type MediaGroup = Exclude<MediaKind, 'text'>;

export function mediaGroup(mimeType: string): MediaGroup {
  const kind = mediaKind(mimeType);
  return kind === 'text' ? 'document' : kind;
}
