/**
 * What the listing indexes hold of a file: the attributes that filters and conditions name, and one map with the
 * rest of what a listing shows. DynamoDB takes at most 20 attributes into an index and never changes them later;
 * the map can grow. Custom metadata and EXIF stay out of it, to keep a summary small (DESIGN 4).
 */
export const fileSummaryAttributes = [
  'ownerId',
  'path',
  'mimeType',
  'status',
  'tags',
  'size',
  'updatedAt',
  'revision',
  'summary',
] as const;
