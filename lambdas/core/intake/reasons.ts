/** Why a file was rejected (API.md). */
export const rejectionReasons = [
  'size_mismatch',
  'checksum_mismatch',
  'type_mismatch',
  'malware_found',
  'bomb_suspected',
  'pixels_exceeded',
  'active_content',
  'encrypted_content',
  'unscannable',
  'malformed',
] as const;

export type RejectionReason = (typeof rejectionReasons)[number];
