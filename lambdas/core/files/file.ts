import type { Finding } from '../content/structure/structure.ts';
import type { RenditionRecipe } from '../images/recipes.ts';
import type { ChecksumAlgorithm, ChecksumDeclaration } from '../uploads/checksum.ts';
import type { Category, Details, Media } from './content-facts.ts';
import type { Holding, LibraryLocation } from './shared-content.ts';
import type { Status } from './status.ts';

export type Priority = 'low' | 'normal' | 'high' | 'urgent';
export type Sensitivity = 'public' | 'internal' | 'confidential' | 'restricted';

export type RenditionStatus = 'pending' | 'ready' | 'failed' | 'skipped';

export interface Rendition {
  readonly name: string;
  readonly status: RenditionStatus;
  /** Why it failed or was skipped. */
  readonly reason?: string;
  /** What is to be made; only while it is pending, and where it was given up. */
  readonly recipe?: RenditionRecipe;
  /** Somebody asked for it; the others are made of every such file. */
  readonly onDemand?: true;
  /** When it was asked for. */
  readonly requestedAt?: string;
  readonly mimeType?: string;
  readonly width?: number;
  readonly height?: number;
  /** Only where it moves. */
  readonly frames?: number;
  /** Seconds. */
  readonly duration?: number;
  readonly size?: number;
  /** Of the original's size; negative where it is larger. */
  readonly bytesSaved?: number;
  readonly key?: string;
  readonly createdAt?: string;
}

/**
 * Where the file's bytes stand in the quota: `reserved` from initiation, `used` once stored, `none` when given
 * back. Every change of it travels in the transaction that moves the counters, so each happens once.
 */
export type Accounting = 'reserved' | 'used' | 'none';

/** An upload that is to replace a file's content. The file serves its old content until that one is promoted. */
export interface Replacement {
  readonly uploadId: string;
  readonly startedAt: string;
  /** What became of it, when it came to nothing; absent while it is under way. */
  readonly endedAs?: Status;
  readonly reason?: string;
}

/** What the inspection made of a version before its scan: what is left to do is to wait for the scanner and to copy. */
export interface Examined {
  readonly mimeType: string;
  /** With its dot, or empty. */
  readonly extension: string;
  readonly charset?: string;
  readonly findings?: readonly Finding[];
  /** Of the whole object, base64: what S3 computed or verified, and what the inspection verified. */
  readonly checksums: Readonly<Partial<Record<ChecksumAlgorithm, string>>>;
}

/** The malware scan that a content has passed. */
export interface ScanMark {
  readonly engine: string;
  readonly at: string;
  /** Of the engine, where it tells which it had. */
  readonly definitions?: string;
}

/** A content that was stored and is served no more, because a later scan found malware in it. */
export interface Withdrawal {
  readonly version: number;
  readonly threat: string;
  readonly engine: string;
  readonly at: string;
  /** Where its bytes and renditions are; absent when they have been removed, or locked away. */
  readonly left?: {
    readonly key: string;
    readonly versionId: string;
    readonly renditions: readonly string[];
    /** Other files have the bytes still: they are not this one's to remove. */
    readonly shared?: true;
  };
}

/** Why a file is not inspected to its end. */
export interface Hold {
  /** `scanner`: it gave no result, and is asked again. `unscannable`: no scanner can tell, and the policy says hold. */
  readonly why: 'scanner' | 'unscannable';
  readonly since: string;
  /** How often the scanner has been asked in vain. */
  readonly tries: number;
}

/** A copy into the library that takes longer than one run of a function. */
export interface UnfinishedCopy {
  readonly key: string;
  /** S3's id of the multipart upload whose parts are the copied ranges. */
  readonly multipartId: string;
}

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
  /**
   * This record is not the file itself but the content that an upload brings to replace the file's: it goes the whole
   * way of an upload under the file's id, is never listed and ends when the file takes its content over.
   */
  readonly isReplacement?: true;
  /** What the request of a replacement says beside its content: the file takes it over together with the content. */
  readonly overrides?: Partial<Pick<FileRecord, 'tags' | 'metadata' | 'isPublic'>>;
  readonly replacement?: Replacement;
  /** How many users it is shared with; absent: nobody. */
  readonly shareCount?: number;
  /** Sum of the kept versions' sizes, which count in the quota with the file. */
  readonly versionsBytes?: number;
  /** When it was put into the trash, by the status it had, and when the trash forgets it. */
  readonly deletedAt?: string;
  readonly deletedFrom?: Status;
  readonly purgeAt?: string;
  /** Until then S3 itself deletes no content of the file (Object Lock), whatever the policy says by now. */
  readonly lockedUntil?: string;
  readonly legalHold?: { readonly reason: string; readonly since: string; readonly by: string };
  readonly intakeVersionId?: string;
  readonly libraryKey?: string;
  readonly libraryVersionId?: string;
  /** Contents that it has, or keeps, and that other files of the tenant may have, too. */
  readonly holdings?: readonly Holding[];
  /** Objects, also below its own keys, that others had when it left them: not its to remove. */
  readonly spares?: readonly LibraryLocation[];
  /** Objects, also below the keys of others, that nobody has since it was purged: its to remove. */
  readonly remains?: readonly LibraryLocation[];
  /** ARN of the tenant's key under which its bytes and renditions lie; absent: the buckets' default. */
  readonly encryptionKey?: string;
  readonly media?: Media;
  readonly exif?: Readonly<Record<string, string | number | boolean>>;
  readonly category?: Category;
  readonly details?: Details;
  /** 64 bits, hexadecimal: pictures that look alike differ in few of them. */
  readonly perceptualHash?: string;
  /** The text that was found in the content. What a record shows of it is an item of its own, all of it an object. */
  readonly text?: { readonly key: string; readonly characters: number; readonly truncated: boolean };
  readonly renditions: Readonly<Record<string, Rendition>>;
  readonly findings?: readonly Finding[];
  readonly checksums?: Examined['checksums'];
  readonly scan?: ScanMark;
  readonly examined?: Examined;
  readonly hold?: Hold;
  readonly copying?: UnfinishedCopy;
  /** Contents that were found infected after they had been stored, oldest first. */
  readonly withdrawals?: readonly Withdrawal[];
  readonly accounting: Accounting;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** ISO 3166 alpha-2, from where its upload was initiated, as far as the edge told. */
  readonly country?: string;
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

/** Content that was replaced and is kept: listed, downloadable, restorable. */
export interface FileVersion
  extends Pick<
    FileRecord,
    | 'tenantId'
    | 'fileId'
    | 'version'
    | 'originalName'
    | 'mimeType'
    | 'charset'
    | 'size'
    | 'checksum'
    | 'uploadId'
    | 'contentEtag'
    | 'media'
    | 'exif'
    | 'category'
    | 'details'
    | 'perceptualHash'
    | 'text'
    | 'findings'
    | 'checksums'
    | 'scan'
    | 'encryptionKey'
    | 'renditions'
    | 'uploadedAt'
    | 'storedAt'
  > {
  readonly libraryKey: string;
  readonly libraryVersionId: string;
  /** When other content took its place. */
  readonly replacedAt: string;
}

/** What the bytes are served as. */
export const contentTypeOf = ({ mimeType, charset }: { mimeType: string; charset?: string }): string =>
  charset ? `${mimeType}; charset=${charset}` : mimeType;

export interface FileRef {
  readonly tenantId: string;
  readonly fileId: string;
}

/** One version of a file's content. */
export interface VersionRef extends FileRef {
  readonly version: number;
}

/** The record that one upload of a file brings: the file itself, or its replacement. */
export interface UploadRef extends FileRef {
  readonly uploadId: string;
}
