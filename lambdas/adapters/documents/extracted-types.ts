/** Types that the child takes apart. A list of its own, so that the worker loads no parser. */
export const extractedTypes = [
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  'application/vnd.oasis.opendocument.text',
  'application/vnd.oasis.opendocument.spreadsheet',
  'application/vnd.oasis.opendocument.presentation',
  'application/msword',
  'application/vnd.ms-excel',
  'application/vnd.ms-powerpoint',
  'application/rtf',
  'text/csv',
  'text/tab-separated-values',
  'text/markdown',
  'text/plain',
  'text/vtt',
  'text/calendar',
  'text/vcard',
  'application/json',
  'application/xml',
] as const;

export type ExtractedType = (typeof extractedTypes)[number];
