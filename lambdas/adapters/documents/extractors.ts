import { extractExcel } from '../office/excel.ts';
import { extractLegacyExcel, extractLegacyPowerPoint, extractLegacyWord } from '../office/legacy.ts';
import { extractOpenDocument } from '../office/opendocument.ts';
import { extractPowerPoint } from '../office/powerpoint.ts';
import { extractRtf } from '../office/rtf.ts';
import { extractWord } from '../office/word.ts';
import { extractCsv } from '../text/csv.ts';
import { extractMarkdown } from '../text/markdown.ts';
import { extractPlain } from '../text/plain.ts';
import type { ExtractedType } from './extracted-types.ts';
import type { Extractor } from './extraction.ts';

/** Who takes which type apart, within the child. */
export const extractors: Readonly<Record<ExtractedType, Extractor>> = {
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': extractWord,
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': extractExcel,
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': extractPowerPoint,
  'application/vnd.oasis.opendocument.text': extractOpenDocument,
  'application/vnd.oasis.opendocument.spreadsheet': extractOpenDocument,
  'application/vnd.oasis.opendocument.presentation': extractOpenDocument,
  'application/msword': extractLegacyWord,
  'application/vnd.ms-excel': extractLegacyExcel,
  'application/vnd.ms-powerpoint': extractLegacyPowerPoint,
  'application/rtf': extractRtf,
  'text/csv': extractCsv,
  'text/tab-separated-values': extractCsv,
  'text/markdown': extractMarkdown,
  'text/plain': extractPlain,
  'text/vtt': extractPlain,
  'text/calendar': extractPlain,
  'text/vcard': extractPlain,
  'application/json': extractPlain,
  'application/xml': extractPlain,
};
