/** The MIME types, and groups of them, that each tier may upload (DESIGN 3); each holds those of the one below. */
export const basicTypes = [
  'image/jpeg',
  'image/png',
  'image/webp',
  'image/gif',
  'image/avif',
  'image/heic',
  'application/pdf',
  'text/plain',
  'text/csv',
];

export const premiumTypes = [
  ...basicTypes,
  'video/*',
  'audio/*',
  'application/msword',
  'application/vnd.ms-excel',
  'application/vnd.ms-powerpoint',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  'application/vnd.oasis.opendocument.text',
  'application/vnd.oasis.opendocument.spreadsheet',
  'application/vnd.oasis.opendocument.presentation',
  'text/markdown',
  'application/json',
  'application/xml',
  'text/xml',
];

export const enterpriseTypes = [
  ...premiumTypes,
  'application/zip',
  'application/gzip',
  'application/x-tar',
  'application/octet-stream',
];
