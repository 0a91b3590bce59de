import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { accounted } from '../../lambdas/core/files/change.ts';
import type { FileRecord, FileRef, FileVersion } from '../../lambdas/core/files/file.ts';
import { purgeFile, removeBytes } from '../../lambdas/core/files/purge.ts';
import { removeWithdrawn } from '../../lambdas/core/files/remove-withdrawn.ts';
import { holds } from '../../lambdas/core/files/shared-content.ts';
import type { Caller } from '../../lambdas/core/tenancy/caller.ts';
import { initiateUpload } from '../../lambdas/core/uploads/initiate.ts';
import { caller } from './domain.ts';
import { RescanWorld } from './rescans.ts';
import { intercept } from './world.ts';

export const alice = caller();
export const bob = caller({ user: { userId: 'bob' } });

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64');

/** A tenant whose files share their bytes, up to the worker that removes them. */
export class SharingWorld extends RescanWorld {
  constructor(quota: 'each' | 'once' = 'once') {
    super();
    this.policy = { ...this.policy, dedupe: 'share', dedupeQuota: quota };
  }

  /** `declared`: the client says the SHA-256 beforehand, so that nothing need be copied to know it. */
  async begin(
    who: Caller,
    filename: string,
    text: string,
    declared = true,
  ): Promise<FileRef & { uploadId: string }> {
    const body = bytesOf(text);
    const { fileId, uploadId } = await initiateUpload(this.uploads, who, {
      ...{ path: '/', filename, mimeType: 'application/octet-stream', size: body.length },
      onConflict: 'replace',
      ...(declared && { checksum: { algorithm: 'SHA256', value: sha256(body) } }),
    });
    const upload = { tenantId: who.tenantId, fileId, uploadId };
    this.s3.put(upload, body);
    return upload;
  }

  async upload(who: Caller, filename: string, text: string, declared = true): Promise<string> {
    const { fileId } = await this.begin(who, filename, text, declared);
    await this.deliver();
    return fileId;
  }

  purge(who: Caller, fileId: string): Promise<void> {
    return purgeFile({ ...this.dispatching, queues: this.sweeping.queues }, who, { fileId });
  }

  override async removeBytes(message: FileRef): Promise<unknown> {
    if ((await removeWithdrawn(this.removing, message)) > 0) return;
    const objects = {
      deleteEverything: async (file: FileRecord) => {
        this.s3.removeFile(file);
        return 'gone' as const;
      },
    };
    const store = { ...this.table.port, file: this.removing.store.file };
    return removeBytes(
      {
        store: intercept('purging', store, () => this.around),
        objects: intercept('purged', objects, () => this.around),
        now: this.now,
      },
      message,
    );
  }

  get files(): readonly FileRecord[] {
    return [...this.table.files.values()];
  }
}

/** Contents of files that are not purged. */
function contentsOf({ files, table }: SharingWorld): readonly (FileRecord | FileVersion)[] {
  const living = files.filter(({ status }) => status !== 'purged');
  const ids = new Set(living.map(({ fileId }) => fileId));
  const kept = [...table.versions.values()].filter(({ fileId }) => ids.has(fileId));
  return [...living, ...kept].filter(({ libraryVersionId }) => libraryVersionId !== undefined);
}

/**
 * What must hold once everything has come to rest: whoever has a content has its bytes, nobody else's, and no object is
 * without one who has it; a content knows those who have it, and counts in the tenant's quota as its policy says.
 */
export function expectShared(world: SharingWorld, where = ''): void {
  const { files, s3 } = world;
  const contents = contentsOf(world);
  for (const { libraryVersionId = '', checksums, fileId } of contents) {
    expect(s3.library.has(libraryVersionId), `bytes of ${fileId} ${where}`).toBe(true);
    if (checksums?.SHA256)
      expect(s3.digests.get(libraryVersionId), `bytes of ${fileId} ${where}`).toBe(checksums.SHA256);
  }
  const had = new Set(contents.map(({ libraryVersionId }) => libraryVersionId));
  for (const { holdings = [] } of files) for (const { location } of holdings) had.add(location.versionId);
  expect([...s3.current].sort(), `objects ${where}`).toEqual([...had].sort());
  expectHolders(world, where);
  expectCounted(world, where);
}

function expectHolders({ files, table }: SharingWorld, where: string): void {
  for (const [name, content] of table.shared.contents) {
    const holders = files.filter((file) => holds(file, content)).map(({ fileId }) => fileId);
    expect([...(table.shared.holders.get(name) ?? [])].sort(), `holders ${where}`).toEqual(holders.sort());
    expect(content.paid + content.unpaid, `holders counted ${where}`).toBe(holders.length);
    expect(content.paid, `content counted ${where}`).toBeGreaterThan(0);
  }
  const held = files.flatMap(({ holdings = [] }) => holdings).map(({ location }) => location.versionId);
  const shared = [...table.shared.contents.values()].map(({ location }) => location.versionId);
  expect([...new Set(held)].sort(), `contents ${where}`).toEqual(shared.sort());
}

function expectCounted({ files, table }: SharingWorld, where: string): void {
  for (const [tenantId, owners] of Map.groupBy(files, (file) => file.tenantId).entries()) {
    let whole = { bytes: 0, files: 0 };
    for (const [ownerId, own] of Map.groupBy(owners, (file) => file.ownerId)) {
      const sums = own.map(accounted);
      const bytes = sums.reduce((sum, { committedBytes }) => sum + committedBytes, 0);
      const count = sums.reduce((sum, { committedFiles }) => sum + committedFiles, 0);
      whole = { bytes: whole.bytes + bytes, files: whole.files + count };
      const counter = table.counter(`${tenantId}/${ownerId}`);
      expect(counter, `counter of ${ownerId} ${where}`).toEqual(counted(bytes, count));
    }
    const unpaid = tenantId === 'acme' ? table.shared.unpaidBytes : 0;
    expect(table.counter(tenantId), `counter of ${tenantId} ${where}`).toEqual(
      counted(whole.bytes - unpaid, whole.files),
    );
  }
}

const counted = (committedBytes: number, committedFiles: number) => ({
  ...{ committedBytes, committedFiles },
  ...{ reservedBytes: 0, reservedFiles: 0, openUploads: 0 },
});
