import { type ErrorCode, type SluiceError, toSluiceError } from '../../../client/index.ts';
import { formatBytes } from './format.ts';

/** What happened, and what to do about it, for people who never read an API document. */
export interface Explanation {
  readonly title: string;
  readonly advice: string;
  /** To be quoted when asking for help. */
  readonly reference?: string | undefined;
}

type Words = readonly [title: string, advice: string];

/** Every code has its words: the compiler asks for those of a new one. */
const WORDS: Readonly<Record<ErrorCode, Words>> = {
  validation_failed: ['The server did not accept this', 'Check the file and folder names, then try again.'],
  part_number_out_of_range: ['The upload lost its way', 'Cancel it and upload the file again.'],
  cursor_invalid: ['The list has changed meanwhile', 'Reload the list.'],
  unauthenticated: ['The sign-in did not work', 'Check your email and password, then try again.'],
  forbidden: ['This is not allowed', 'Ask an administrator of your organisation for access.'],
  tenant_suspended: ['Your organisation is suspended', 'Ask whoever runs this service to reactivate it.'],
  user_inactive: ['Your account is inactive', 'Ask an administrator of your organisation to reactivate it.'],
  uploads_blocked: [
    'Uploads are switched off',
    'Your organisation has paused uploads. Ask its administrator when they resume.',
  ],
  region_blocked: [
    'Not available from where you are',
    'Your organisation limits uploads to certain countries.',
  ],
  quota_exceeded: [
    'Not enough storage left',
    'Delete files that you no longer need, or ask an administrator for more space.',
  ],
  files_limit_exceeded: [
    'You have reached your number of files',
    'Delete files that you no longer need, or ask an administrator for more.',
  ],
  legal_hold: [
    'This file is under legal hold',
    'It cannot be changed or deleted until an administrator lifts the hold.',
  ],
  retention_active: [
    'This file must be kept for now',
    'Your organisation keeps files for a set time. Delete it when that time is over.',
  ],
  not_found: ['It is not there any more', 'It was deleted, or it is not shared with you. Reload the list.'],
  upload_expired: ['The upload took a break that was too long', 'Try again: it starts from the beginning.'],
  upload_aborted: [
    'The upload was cancelled',
    'It was ended here or on another device. Try again to start it anew.',
  ],
  name_conflict: [
    'A file of this name is already there',
    'Keep both (the new one gets a number), replace it (the old content is kept as a version), or remove this upload.',
  ],
  upload_state_conflict: [
    'This is not possible right now',
    'The file is in another state than it seemed. Reload the list and look again.',
  ],
  upload_incomplete: ['Some of the bytes did not arrive', 'Try again: only the missing pieces are sent.'],
  file_locked: [
    'Another upload is replacing this file',
    'Wait until it is done, then try again. One that was left unfinished can be discarded above.',
  ],
  precondition_failed: ['The file was changed meanwhile', 'Reload it, then make your change again.'],
  file_too_large: [
    'The file is too large',
    'Your plan has a limit for single files. Make it smaller, or ask an administrator.',
  ],
  type_not_allowed: [
    'This type of file is not allowed',
    'Your plan does not take such files. Convert it, or ask an administrator.',
  ],
  idempotency_key_reused: ['The upload got mixed up', 'Remove it and add the file again.'],
  checksum_unsupported: ['The checksum cannot be verified', 'Upload the file without one.'],
  rate_limited: ['That was a little too fast', 'Wait a minute, then go on.'],
  concurrency_limit_exceeded: [
    'All upload slots are in use',
    'It goes on by itself when another upload ends.',
  ],
  daily_files_exceeded: [
    "Today's number of files is used up",
    'Try again tomorrow, or ask an administrator for more.',
  ],
  hourly_bytes_exceeded: ["This hour's upload volume is used up", 'Try again in the next hour.'],
  capacity_exceeded: ['The service is very busy', 'Try again in a few seconds.'],
  storage_unavailable: ['The storage does not answer', 'Nothing is lost. Try again in a moment.'],
  network_error: [
    'No connection',
    'Check your network. What has arrived is kept; try again when you are back online.',
  ],
  timeout: ['The answer took too long', 'Check your network and try again.'],
  cancelled: ['Cancelled', 'Nothing more is sent.'],
  signed_out: ['Your session has ended', 'Sign in again. Unfinished uploads can be resumed.'],
  file_unreadable: [
    'The file cannot be read any more',
    'It was changed, moved or removed since you chose it. Choose it again.',
  ],
  receipt_invalid: ['The receipt does not hold', 'It was changed since it was signed, or others signed it.'],
  content_differs: ['This is not the file of the receipt', 'Its bytes are not those that were received.'],
  content_unverifiable: [
    'The file cannot be compared with the receipt',
    'The receipt has no checksum that fits a file of this size.',
  ],
  storage_refused: [
    'The storage refused the bytes',
    'They may have been damaged on their way: send them again. If that does not help, remove the upload and choose the file anew.',
  ],
  storage_denied: [
    'The storage does not allow this upload',
    'Sending it again will not help. Ask an administrator to look at the rules of the storage.',
  ],
  request_too_large: ['The request is too large', 'Use shorter names and fewer tags.'],
  service_unavailable: ['The service is not available', 'Nothing is lost. Try again in a moment.'],
  internal: [
    'Something went wrong on our side',
    'Try again. If it happens again, report the reference below.',
  ],
  unexpected_response: [
    'An answer that makes no sense',
    'Something between you and the service changed it. Try again or ask for help.',
  ],
};

/** Their advice alone does not tell what exactly was wrong; the server's sentence does. */
const DETAIL_HELPS: ReadonlySet<string> = new Set([
  'validation_failed',
  'quota_exceeded',
  'file_too_large',
  'hourly_bytes_exceeded',
]);

/** The server knows better than any general advice what stands in the way, and who can help. */
const DETAIL_ADVISES: ReadonlySet<string> = new Set(['forbidden']);

export function explain(cause: unknown): Explanation {
  const error = toSluiceError(cause);
  const [title, advice] = WORDS[error.code as ErrorCode] ?? ['This did not work', error.detail];
  return { title, advice: adviceOf(error, advice), reference: error.requestId };
}

function adviceOf({ code, detail }: SluiceError, general: string): string {
  if (DETAIL_ADVISES.has(code)) return detail;
  return DETAIL_HELPS.has(code) ? `${readableBytes(detail)} ${general}` : general;
}

/** The server counts exactly; people read `62 GiB` and not `66,571,993,088 bytes`. */
const readableBytes = (detail: string): string =>
  detail.replace(/\b([\d,]+) bytes\b/g, (_, digits: string) =>
    formatBytes(Number(digits.replaceAll(',', ''))),
  );
