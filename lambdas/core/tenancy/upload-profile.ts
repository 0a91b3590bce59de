/** What uploads that name the profile are held to, within the policy. */
export interface UploadProfile {
  /** MIME types, or groups such as `image/*`. */
  readonly allowedTypes: readonly string[];
  /** Bytes; absent: the policy's. */
  readonly maxSize?: number;
  /** Uploads that one user may have open under the profile at a time. */
  readonly maxFiles: number;
  /** Where the files go: into it, or below it. */
  readonly folder: string;
}

const MiB = 1024 ** 2;

/** The profiles that every tenant has, unless it says something else under the same name. */
export const shippedProfiles: Readonly<Record<string, UploadProfile>> = {
  avatar: { allowedTypes: ['image/*'], maxSize: 5 * MiB, maxFiles: 1, folder: '/avatars' },
  documents: {
    allowedTypes: [
      'application/pdf',
      'application/msword',
      'application/vnd.ms-excel',
      'application/vnd.ms-powerpoint',
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      'application/vnd.openxmlformats-officedocument.presentationml.presentation',
      'application/vnd.oasis.opendocument.text',
      'application/vnd.oasis.opendocument.spreadsheet',
      'application/vnd.oasis.opendocument.presentation',
      'text/plain',
      'text/csv',
      'text/markdown',
    ],
    maxFiles: 5,
    folder: '/documents',
  },
};
