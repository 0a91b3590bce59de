import type { FileRecord, FileStatus, RejectionReason, TimelineEvent } from '../../../client/index.ts';

export type Tone = 'good' | 'busy' | 'wait' | 'bad' | 'off';

export const STATUS_WORDS: Readonly<
  Record<FileStatus, { readonly label: string; readonly tone: Tone; readonly help: string }>
> = {
  uploading: { label: 'Uploading', tone: 'busy', help: 'The bytes are on their way.' },
  uploaded: { label: 'Arrived', tone: 'busy', help: 'The bytes have arrived and wait for inspection.' },
  inspecting: { label: 'Inspecting', tone: 'busy', help: 'Size, content and safety are being checked.' },
  held: {
    label: 'On hold',
    tone: 'wait',
    help: 'Waiting for the malware scanner. It cannot be opened before.',
  },
  stored: { label: 'Stored', tone: 'busy', help: 'Checked and safely stored. Previews come next.' },
  processing: {
    label: 'Processing',
    tone: 'busy',
    help: 'Previews are being made. The original can be downloaded already.',
  },
  ready: { label: 'Ready', tone: 'good', help: 'Checked, stored and processed.' },
  rejected: {
    label: 'Rejected',
    tone: 'bad',
    help: 'The inspection refused this file; its bytes were deleted.',
  },
  failed: {
    label: 'No preview',
    tone: 'wait',
    help: 'Previews could not be made. The original is safe and can be downloaded.',
  },
  aborted: { label: 'Cancelled', tone: 'off', help: 'The upload was cancelled.' },
  expired: { label: 'Expired', tone: 'off', help: 'The upload was left alone for too long.' },
  deleted: { label: 'In trash', tone: 'off', help: 'The file is in the trash.' },
  purged: { label: 'Deleted', tone: 'off', help: 'The file was deleted for good.' },
};

const REASON_WORDS: Readonly<Record<RejectionReason, string>> = {
  size_mismatch: 'The bytes that arrived are not as many as announced. Upload the file again.',
  checksum_mismatch: 'The bytes changed on their way. Upload the file again.',
  type_mismatch:
    'The content is not what the name says. Give the file its right extension and upload it again.',
  malware_found: 'Malware was found in it. Do not open the file; have your computer checked.',
  bomb_suspected: 'It would unpack to an enormous size. Upload its contents separately.',
  pixels_exceeded: 'The picture has too many pixels. Make it smaller and upload it again.',
  active_content:
    'It contains scripts or macros, which are not allowed. Save it without them and upload it again.',
  encrypted_content:
    'It is protected by a password, so that it cannot be checked. Remove the password and upload it again.',
  unscannable: 'It could not be checked for malware. Upload it in another format.',
  malformed: 'The file is damaged. Open it on your computer, save it anew and upload that.',
};

export const reasonWords = (reason: string | undefined): string =>
  REASON_WORDS[reason as RejectionReason] ?? 'The inspection refused it. Check the file and upload it again.';

type Finding = NonNullable<FileRecord['findings']>[number];

const FINDING_WORDS: Readonly<Record<Finding, string>> = {
  javascript: 'scripts',
  launch_action: 'an action that starts programs',
  embedded_files: 'other files',
  external_references: 'references to other places',
  macros: 'macros',
  encrypted: 'content behind a password',
  trailing_data: 'bytes behind its end',
};

export const findingWords = (finding: Finding): string => FINDING_WORDS[finding];

/** What became of the upload that was to replace a file's content. */
export function replacementWords({ endedAs, reason }: NonNullable<FileRecord['replacement']>): string {
  const kept = 'The content shown here was kept.';
  if (endedAs === undefined)
    return 'New content for this file is on its way. Until it has been inspected, the old one stays.';
  if (endedAs === 'rejected') return `The last replacement was rejected. ${reasonWords(reason)} ${kept}`;
  if (endedAs === 'expired') return `The last replacement was left alone for too long. ${kept}`;
  return `The last replacement was cancelled. ${kept}`;
}

const EVENT_WORDS: Readonly<Record<string, string>> = {
  'file.initiated': 'Upload started',
  'file.uploaded': 'All bytes arrived',
  'file.held': 'Held for the malware scanner',
  'file.stored': 'Inspected and stored',
  'file.rejected': 'Rejected by the inspection',
  'file.withdrawn': 'Withdrawn: malware was found in it',
  'file.processing': 'Processing started',
  'file.ready': 'Ready',
  'file.failed': 'Processing failed',
  'file.expired': 'Upload expired',
  'file.aborted': 'Upload cancelled',
  'file.deleted': 'Moved to the trash',
  'file.restored': 'Restored',
  'file.purged': 'Deleted for good',
  'file.shared': 'Shared',
  'file.moved': 'Moved',
  'file.changed': 'Details changed',
};

export function eventWords({ type, data }: Pick<TimelineEvent, 'type' | 'data'>): string {
  // These also tell of content that takes another's place.
  if (type === 'file.restored' && data.restores !== undefined) return `Version ${data.restores} restored`;
  if (type === 'file.stored' && data.replaces !== undefined) return `Replaced version ${data.replaces}`;
  if (type === 'file.withdrawn' && data.restores !== undefined) {
    return `Malware was found in version ${data.version}; version ${data.restores} took its place`;
  }
  if (type === 'file.withdrawn' && data.status !== 'rejected')
    return `Malware was found in version ${data.version}`;
  return EVENT_WORDS[type] ?? type.replace(/^file\./, '').replaceAll('_', ' ');
}

const STORED: ReadonlySet<FileStatus> = new Set<FileStatus>(['stored', 'processing', 'ready', 'failed']);

/** It has content, which can be downloaded and worked with. */
export const isStored = ({ status }: Pick<FileRecord, 'status'>): boolean => STORED.has(status);

const OPERABLE = /^image\/(jpeg|png|webp|avif|gif|svg\+xml)$/;

/** Other pictures can be made of it. */
export const isOperable = ({ mimeType }: Pick<FileRecord, 'mimeType'>): boolean => OPERABLE.test(mimeType);

export type FileKind = 'image' | 'video' | 'audio' | 'pdf' | 'text' | 'archive' | 'other';

export function kindOf(mimeType: string): FileKind {
  if (mimeType.startsWith('image/')) return 'image';
  if (mimeType.startsWith('video/')) return 'video';
  if (mimeType.startsWith('audio/')) return 'audio';
  if (mimeType === 'application/pdf') return 'pdf';
  if (mimeType.startsWith('text/') || /json|xml|document|sheet|presentation/.test(mimeType)) return 'text';
  if (/zip|tar|compress|archive/.test(mimeType)) return 'archive';
  return 'other';
}
