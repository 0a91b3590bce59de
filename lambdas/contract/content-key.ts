/** What tells one content from another. */
export interface ContentKey {
  readonly tenantId: string;
  /** base64 */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  /** ARN of the tenant's key under which it lies. */
  readonly encryptionKey?: string | undefined;
}

/** The same as part of a key. */
export const contentName = ({ sha256, size, encryptionKey = '' }: ContentKey): string =>
  `SHA256#${sha256}#${size}#${encryptionKey}`;
