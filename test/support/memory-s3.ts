import { createHash } from 'node:crypto';
import type { FileRecord } from '../../lambdas/core/files/file.ts';
import type { DispatchDeps } from '../../lambdas/core/intake/dispatch.ts';
import type { InspectDeps, IntakeFacts, Library } from '../../lambdas/core/intake/inspect.ts';
import type { IntakeBucket, LandedVersion } from '../../lambdas/core/ports.ts';
import type { UploadedPart } from '../../lambdas/core/uploads/session.ts';

interface Ref {
  readonly tenantId: string;
  readonly fileId: string;
  readonly uploadId: string;
}
interface StoredVersion extends LandedVersion {
  readonly body: Uint8Array;
}

/** Tests with larger bodies are about other things, and many. */
const digestedMaxBytes = 1_000;

const keyOf = ({ tenantId, fileId, uploadId }: Ref): string => `${tenantId}/${fileId}/${uploadId}`;

/**
 * S3 as far as uploads need it: multipart uploads that are forgotten when completed or aborted, versions of keys,
 * and one event for each version that lands.
 */
export class MemoryS3 {
  readonly uploads = new Map<string, { key: string; parts: Map<number, UploadedPart> }>();
  readonly versions = new Map<string, StoredVersion[]>();
  readonly library = new Map<string, string>();
  readonly #libraryKeys = new Map<string, string>();
  /** SHA-256 of each small version in the library, base64. */
  readonly digests = new Map<string, string>();
  /** Whether S3 tells what it computed of a copy. */
  tellsDigests = false;
  /** Events that S3 has sent and nobody has handled. */
  readonly landed: (Ref & { versionId: string })[] = [];
  promotions = 0;
  /** How many runs a copy into the library takes, and how many each that is under way has had. */
  runsPerCopy = 1;
  readonly copies = new Map<string, number>();
  #ids = 0;

  /** The client's PUT of the whole object. */
  put(ref: Ref, body: Uint8Array, etag = `"${createHash('md5').update(body).digest('hex')}"`): void {
    this.#ids += 1;
    const versionId = `V${this.#ids}`;
    const known = this.versions.get(keyOf(ref)) ?? [];
    this.versions.set(keyOf(ref), [{ versionId, size: body.length, etag, body }, ...known]);
    const { tenantId, fileId, uploadId } = ref;
    this.landed.push({ tenantId, fileId, uploadId, versionId });
  }

  /** The client's PUT of one part; false where S3 knows no such upload. */
  putPart(multipartId: string | undefined, partNumber: number, size: number): boolean {
    const upload = this.uploads.get(multipartId ?? '');
    upload?.parts.set(partNumber, { partNumber, size, etag: `"part-${partNumber}"` });
    return upload !== undefined;
  }

  get objects(): number {
    return [...this.versions.values()].reduce((sum, versions) => sum + versions.length, 0);
  }

  readonly intake: IntakeBucket & DispatchDeps['intake'] = {
    createMultipart: async (session) => {
      this.#ids += 1;
      const id = `M${this.#ids}`;
      this.uploads.set(id, { key: keyOf(session), parts: new Map() });
      return id;
    },
    listParts: async (session) => {
      const upload = this.uploads.get(session.multipartId ?? '');
      return upload && [...upload.parts.values()].sort((a, b) => a.partNumber - b.partNumber);
    },
    completeMultipart: async (session, parts) => {
      if (!this.uploads.delete(session.multipartId ?? '')) return { kind: 'completed' };
      const body = new Uint8Array(parts.reduce((sum, part) => sum + part.size, 0));
      // As at S3 not a digest of the bytes, which are many.
      this.put(session, body, `"${session.multipartId}-${parts.length}"`);
      return { kind: 'completed' };
    },
    abortMultipart: async (session) => {
      for (const [id, { key }] of this.uploads) {
        if (id === (session.multipartId ?? id) && key === keyOf(session)) this.uploads.delete(id);
      }
    },
    landedVersions: async (ref) => this.versions.get(keyOf(ref)) ?? [],
    deleteVersion: async (ref) => {
      const left = (this.versions.get(keyOf(ref)) ?? []).filter((v) => v.versionId !== ref.versionId);
      this.versions.set(keyOf(ref), left);
    },
  };

  #version(ref: Ref & { versionId: string }): StoredVersion | undefined {
    return this.versions.get(keyOf(ref))?.find((v) => v.versionId === ref.versionId);
  }

  readonly reader: InspectDeps['intake'] = {
    facts: async (version): Promise<IntakeFacts | undefined> => {
      const found = this.#version(version);
      return found && { size: found.size, etag: found.etag, checksums: {} };
    },
    readRange: async (version, from, length) =>
      this.#version(version)?.body.subarray(from, from + length) ?? new Uint8Array(),
    checksum: async (version) =>
      createHash('sha256')
        .update(this.#version(version)?.body ?? '')
        .digest('base64'),
    deleteVersion: (version) => this.intake.deleteVersion(version),
  };

  /** Every version of a key of the library. */
  removeKey(key: string): void {
    for (const [versionId, itsKey] of this.#libraryKeys) if (itsKey === key) this.library.delete(versionId);
  }

  /** The newest version of each key of the library; the others are noncurrent and expire. */
  get current(): readonly string[] {
    const newest = new Map<string, string>();
    for (const [versionId, key] of this.#libraryKeys)
      if (this.library.has(versionId)) newest.set(key, versionId);
    return [...newest.values()];
  }

  /** All that was copied for a file, but what others have of it, and what it is to remove of others. */
  removeFile({ fileId, spares = [], remains = [] }: FileRecord): void {
    const kept = spares.map(({ versionId }) => versionId);
    for (const [versionId, key] of this.#libraryKeys) {
      if (key.startsWith(`library/${fileId}.`) && !kept.includes(versionId)) this.library.delete(versionId);
    }
    for (const { versionId } of remains) this.library.delete(versionId);
  }

  readonly libraryPort: Library = {
    beginCopy: async (_facts, { file }) => {
      if (this.runsPerCopy === 1) return undefined;
      this.#ids += 1;
      const multipartId = `C${this.#ids}`;
      this.copies.set(multipartId, 0);
      return { key: `library/${file.fileId}.v${file.version}`, multipartId };
    },
    abandonCopy: async ({ multipartId }) => void this.copies.delete(multipartId),
    promote: async (version, facts, { file }, begun) => {
      if (begun) {
        const runs = this.copies.get(begun.multipartId);
        if (runs === undefined) {
          const [ended] = [...this.#libraryKeys].find(([, key]) => key === begun.key) ?? [];
          return ended === undefined
            ? { kind: 'gone' }
            : { kind: 'copied', key: begun.key, versionId: ended };
        }
        this.copies.set(begun.multipartId, runs + 1);
        if (runs + 1 < this.runsPerCopy) return { kind: 'unfinished' };
        this.copies.delete(begun.multipartId);
      }
      if (this.#version(version)?.etag !== facts.etag) throw new Error('PreconditionFailed');
      this.promotions += 1;
      this.#ids += 1;
      const versionId = `L${this.#ids}`;
      const key = `library/${version.fileId}.v${file.version}`;
      this.library.set(versionId, version.fileId);
      this.#libraryKeys.set(versionId, key);
      if (facts.size > digestedMaxBytes) return { kind: 'copied', key, versionId };
      const SHA256 = await this.reader.checksum(version, 'SHA256');
      this.digests.set(versionId, SHA256);
      return { kind: 'copied', key, versionId, ...(this.tellsDigests && { checksums: { SHA256 } }) };
    },
    deleteVersion: async ({ versionId }) => void this.library.delete(versionId),
    discard: async ({ fileId, version }) => this.removeKey(`library/${fileId}.v${version}`),
    keepOnly: async ({ fileId, version }, { key, versionId }) => {
      const own = key.startsWith(`library/${fileId}.`) ? key : `library/${fileId}.v${version}`;
      for (const [other, itsKey] of this.#libraryKeys) {
        if (other !== versionId && own === itsKey) this.library.delete(other);
      }
    },
  };
}
