import type { AudioFormat, AudioTags } from '../audio/ports.ts';
import type { SecurityReport } from '../documents/security.ts';

/** What a worker found out about a content. */
export interface Media {
  readonly width?: number;
  readonly height?: number;
  /** Seconds. */
  readonly duration?: number;
  readonly pages?: number;
  readonly format?: string;
  readonly frames?: number;
  readonly hasAlpha?: boolean;
  /** ThumbHash of the picture, or of a document's first page, base64. */
  readonly placeholder?: string;
}

/** What a file says about itself, as its readers found it: title, author, artist, number of sheets. Small. */
export interface Details extends AudioTags, AudioFormat {
  readonly title?: string;
  readonly author?: string;
  readonly subject?: string;
  readonly keywords?: string;
  /** The program that it was written with, and the one that made the file of it. */
  readonly creator?: string;
  readonly producer?: string;
  /** ISO 8601, as the document says; nobody vouches for it. */
  readonly createdAt?: string;
  readonly modifiedAt?: string;
  /** Of the format: `1.7`. */
  readonly formatVersion?: string;
  readonly description?: string;
  readonly lastModifiedBy?: string;
  /** As the document names it: `de-DE`. */
  readonly language?: string;
  /** As the document says, else counted. */
  readonly words?: number;
  /** Without spaces. */
  readonly characters?: number;
  readonly lines?: number;
  readonly headings?: number;
  /** Names of the first sheets of a workbook. */
  readonly sheets?: readonly string[];
  /** Pages, slides or sheets that could not be read; the others were. */
  readonly unreadablePages?: readonly number[];
  /** Of a table in text form. */
  readonly rows?: number;
  readonly columns?: number;
  readonly delimiter?: string;
  /** Names of the first columns, where the first row looks like names. */
  readonly header?: readonly string[];
  /** Of text, as it was found: a name of the WHATWG Encoding Standard, or `utf-32le`. */
  readonly encoding?: string;
  /** 0 to 100; 100 where it is certain. */
  readonly encodingConfidence?: number;
  readonly security?: SecurityReport;
  /** Of a video: as FFmpeg names them, `h264`, `aac`. */
  readonly videoCodec?: string;
  readonly audioCodec?: string;
  /** Frames per second; the average where it varies. */
  readonly frameRate?: number;
  readonly variableFrameRate?: boolean;
  readonly bitDepth?: number;
  readonly dynamicRange?: string;
  /** Degrees clockwise by which a player turns it. */
  readonly rotation?: number;
  /** Of an archive, with its folders; the bytes that it becomes; the first of its names. */
  readonly entries?: number;
  readonly unpackedBytes?: number;
  readonly names?: readonly string[];
}

export const categories = [
  ...(['photo', 'screenshot', 'scan', 'document', 'spreadsheet'] as const),
  ...(['archive', 'audio', 'video', 'other'] as const),
] as const;

export type Category = (typeof categories)[number];
