/** The codes of API.md with status and title, in one table. */
const catalogue = {
  validation_failed: { status: 400, title: 'The request is not valid' },
  part_number_out_of_range: { status: 400, title: 'No such part' },
  cursor_invalid: { status: 400, title: 'The cursor is not valid' },
  unauthenticated: { status: 401, title: 'Sign in first' },
  forbidden: { status: 403, title: 'Not allowed' },
  tenant_suspended: { status: 403, title: 'The tenant is suspended' },
  user_inactive: { status: 403, title: 'The user is inactive' },
  region_blocked: { status: 403, title: 'Not available from here' },
  legal_hold: { status: 403, title: 'The file is under legal hold' },
  retention_active: { status: 403, title: 'The file must be kept' },
  uploads_blocked: { status: 403, title: 'Uploads are blocked' },
  quota_exceeded: { status: 403, title: 'Not enough storage' },
  files_limit_exceeded: { status: 403, title: 'Too many files' },
  not_found: { status: 404, title: 'Not found' },
  name_conflict: { status: 409, title: 'The name is taken' },
  upload_state_conflict: { status: 409, title: 'Not possible in this state' },
  upload_incomplete: { status: 409, title: 'The upload is not complete' },
  file_locked: { status: 409, title: 'The file is being changed' },
  precondition_failed: { status: 412, title: 'The file has changed meanwhile' },
  upload_expired: { status: 410, title: 'The upload has expired' },
  upload_aborted: { status: 410, title: 'The upload was aborted' },
  file_too_large: { status: 413, title: 'The file is too large' },
  type_not_allowed: { status: 415, title: 'This type of file is not allowed' },
  idempotency_key_reused: { status: 422, title: 'The idempotency key was used for another request' },
  checksum_unsupported: { status: 422, title: 'The checksum cannot be verified' },
  rate_limited: { status: 429, title: 'Too many requests' },
  concurrency_limit_exceeded: { status: 429, title: 'Too many uploads at once' },
  daily_files_exceeded: { status: 429, title: 'Too many files today' },
  hourly_bytes_exceeded: { status: 429, title: 'Too many bytes this hour' },
  capacity_exceeded: { status: 503, title: 'Busy' },
  storage_unavailable: { status: 503, title: 'Storage is not reachable' },
  internal: { status: 500, title: 'Something went wrong' },
} as const;

export type ErrorCode = keyof typeof catalogue;

/** HTTP status of a code. */
export const statusOf = (code: ErrorCode): number => catalogue[code].status;

export const titleOf = (code: ErrorCode): string => catalogue[code].title;
