import type { ChecksumDeclaration } from '../uploads/checksum.ts';
import type { Status } from './status.ts';

export type Priority = 'low' | 'normal' | 'high' | 'urgent';
export type Sensitivity = 'public' | 'internal' | 'confidential' | 'restricted';

export type RenditionStatus = 'pending' | 'ready' | 'failed' | 'skipped';

export interface Rendition {
  readonly name: string;
  readonly status: RenditionStatus;
  /** Why it failed or was skipped. */
  readonly reason?: string;
  readonly mimeType?: string;
  readonly width?: number;
  readonly height?: number;
  readonly size?: number;
  readonly key?: string;
  readonly createdAt?: string;
}

export interface Media {
  readonly width?: number;
  readonly height?: number;
  /** Seconds. */
  readonly duration?: number;
  readonly pages?: number;
  readonly format?: string;
  readonly frames?: number;
  readonly hasAlpha?: boolean;
}

/**
 * Where the file's bytes stand in the quota: `reserved` from initiation, `used` once stored, `none` when given
 * back. Every change of it travels in the transaction that moves the counters, so each happens once.
 */
export type Accounting = 'reserved' | 'used' | 'none';

/** A file as it is kept. Times are ISO 8601 UTC, sizes bytes. */
export interface FileRecord {
  readonly tenantId: string;
  readonly fileId: string;
  readonly ownerId: string;
  /** Folder, as in `/` or `/photos/2026`. */
  readonly path: string;
  readonly filename: string;
  readonly originalName: string;
  /** Declared until the pipeline has inspected the bytes, then the inspected one. */
  readonly mimeType: string;
  /** Of text whose encoding the inspection is certain of. */
  readonly charset?: string;
  readonly size: number;
  readonly status: Status;
  readonly reason?: string;
  readonly isPublic: boolean;
  readonly sensitivity: Sensitivity;
  readonly tags: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly priority: Priority;
  readonly checksum?: ChecksumDeclaration;
  /** Counts changes of the record; the HTTP `etag`. */
  readonly revision: number;
  /** Counts the file's contents, from 1. */
  readonly version: number;
  /** The upload that brings, or brought, the contents. */
  readonly uploadId: string;
  readonly intakeVersionId?: string;
  readonly libraryKey?: string;
  readonly libraryVersionId?: string;
  readonly media?: Media;
  readonly exif?: Readonly<Record<string, string | number | boolean>>;
  readonly renditions: Readonly<Record<string, Rendition>>;
  readonly accounting: Accounting;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** When its bytes had landed, and when they were promoted. */
  readonly uploadedAt?: string;
  readonly storedAt?: string;
  /** ETag of the bytes that landed in the intake bucket. */
  readonly contentEtag?: string;
  /** When the sweep looks at the file, should nothing have moved it by then. */
  readonly dueAt?: string;
  /** How often the sweep has sent it again in this status. */
  readonly resends?: number;
}

/** What the bytes are served as. */
export const contentTypeOf = ({ mimeType, charset }: { mimeType: string; charset?: string }): string =>
  charset ? `${mimeType}; charset=${charset}` : mimeType;

export interface FileRef {
  readonly tenantId: string;
  readonly fileId: string;
}
