import { describe, expect, it } from 'vitest';
import type { FileRecord } from '../../../lambdas/core/files/file.ts';
import { setLegalHold } from '../../../lambdas/core/files/legal-hold.ts';
import { purgeFile, removeBytes } from '../../../lambdas/core/files/purge.ts';
import { deleteFile } from '../../../lambdas/core/files/trash.ts';
import { type InspectDeps, inspect } from '../../../lambdas/core/intake/inspect.ts';
import { initiateUpload } from '../../../lambdas/core/uploads/initiate.ts';
import { caller, file } from '../../support/domain.ts';
import { Shelf } from '../../support/shelf.ts';

const alice = caller();
const admin = caller({ user: { userId: 'root', role: 'admin' } });
const request = { path: '/', filename: 'a.bin', mimeType: 'application/octet-stream', size: 5 };
const days = (count: number): number => count * 86_400;

/** A stage with Object Lock: what S3 was asked to lock, by version. */
class Locked extends Shelf {
  retentionDays = 0;
  readonly until = new Map<string, string>();
  readonly held = new Set<string>();
  readonly locks = {
    retain: async ({ versionId }: { versionId: string }, until: string) =>
      void this.until.set(versionId, until),
    hold: async ({ versionId }: { versionId: string }, on: boolean) => {
      if (on) this.held.add(versionId);
      else this.held.delete(versionId);
    },
  };

  override get inspecting(): InspectDeps {
    const retentionDays = async (): Promise<number> => this.retentionDays;
    return { ...super.inspecting, locking: { ...this.locks, retentionDays } };
  }

  get holding() {
    return { ...this.changing, holding: { ...this.locks, versions: this.table.port.versions } };
  }

  async upload(over: Partial<Parameters<typeof initiateUpload>[2]> = {}): Promise<FileRecord> {
    const ref = await initiateUpload(this.uploads, alice, { ...request, ...over });
    this.s3.put({ tenantId: 'acme', ...ref }, new Uint8Array(5));
    await this.deliver();
    return this.get(ref.fileId);
  }
}

const later = (from: string, seconds: number): string =>
  new Date(Date.parse(from) + seconds * 1000).toISOString();

describe('Object Lock', () => {
  it('locks the version that was promoted, for as long as the policy retains', async () => {
    const world = new Locked();
    world.retentionDays = 10;
    const stored = await world.upload();
    expect([...world.until]).toEqual([[stored.libraryVersionId, later(world.at, days(10))]]);
    expect(stored.lockedUntil).toBe(later(world.at, days(10)));
  });

  it('locks nothing of a tenant that retains nothing', async () => {
    const world = new Locked();
    expect(await world.upload()).not.toHaveProperty('lockedUntil');
    expect(world.until.size).toBe(0);
  });

  it('never locks the copy of a run that lost: it has to be removed', async () => {
    const world = new Locked();
    world.retentionDays = 10;
    const ref = await initiateUpload(world.uploads, alice, request);
    world.s3.put({ tenantId: 'acme', ...ref }, new Uint8Array(5));
    const [landed] = world.s3.landed;
    await world.deliver();
    const message = { tenantId: 'acme', ...ref, versionId: landed?.versionId ?? '' };
    await inspect(world.inspecting, message);
    expect([...world.until.keys()]).toEqual([world.get(ref.fileId).libraryVersionId]);
    expect([...world.s3.library.keys()]).toEqual([world.get(ref.fileId).libraryVersionId]);
  });

  it('is set by the repeated message where the run that stored the file was killed before', async () => {
    const world = new Locked();
    world.retentionDays = 10;
    const { retain } = world.locks;
    let killed = false;
    Object.assign(world.locks, {
      retain: async (...args: Parameters<typeof retain>) => {
        if (!killed) {
          killed = true;
          throw new Error('killed');
        }
        return retain(...args);
      },
    });
    const stored = await world.upload();
    expect(world.until.get(stored.libraryVersionId ?? '')).toBe(stored.lockedUntil);
    expect(world.s3.objects).toBe(0);
  });

  it('keeps the file for as long as S3 keeps it, also when the policy has become laxer', async () => {
    const world = new Locked();
    world.retentionDays = 10;
    const { fileId, lockedUntil = '' } = await world.upload();
    const target = { fileId };
    await expect(deleteFile(world.changing, alice, target)).rejects.toMatchObject({
      code: 'retention_active',
      message: expect.stringContaining(lockedUntil),
    });
    await expect(purgeFile(world.changing, alice, target)).rejects.toMatchObject({
      code: 'retention_active',
    });
    world.pass(days(10));
    await purgeFile(world.changing, alice, target);
    expect(world.get(fileId).status).toBe('purged');
  });

  it('of a replaced content outlasts a shorter one of the new: the file goes when all of it may', async () => {
    const world = new Locked();
    world.retentionDays = 10;
    const { lockedUntil } = await world.upload();
    world.retentionDays = 1;
    const replaced = await world.upload({ onConflict: 'replace' });
    expect(replaced).toMatchObject({ version: 2, lockedUntil });
  });
});

describe("S3's legal hold", () => {
  it('is on every content of a held file, kept ones too, and off again with it', async () => {
    const world = new Locked();
    const first = await world.upload();
    const second = await world.upload({ onConflict: 'replace' });
    const both = new Set([first.libraryVersionId, second.libraryVersionId]);
    const target = { fileId: first.fileId };

    await setLegalHold(world.holding, admin, target, { hold: true, reason: 'case 12' });
    expect(world.held).toEqual(both);
    await setLegalHold(world.holding, admin, target, { hold: false });
    expect(world.held).toEqual(new Set());
  });

  it('comes with the content that is promoted while the file is held', async () => {
    const world = new Locked();
    const { fileId } = await world.upload();
    const ref = await initiateUpload(world.uploads, alice, { ...request, onConflict: 'replace' });
    await setLegalHold(world.holding, admin, { fileId }, { hold: true, reason: 'r' });
    world.s3.put({ tenantId: 'acme', ...ref }, new Uint8Array(5));
    await world.deliver();
    expect(world.held.size).toBe(2);
  });

  it.each([true, false])(
    'that fails half way (hold: %s) leaves a record that says held, and is finished by a repeat',
    async (hold) => {
      const world = new Locked();
      const { fileId, libraryVersionId } = await world.upload();
      if (!hold) await setLegalHold(world.holding, admin, { fileId }, { hold: true, reason: 'r' });
      const broken = { ...world.holding.holding, hold: () => Promise.reject(new Error('S3 is down')) };
      const call = setLegalHold(
        { ...world.holding, holding: broken },
        admin,
        { fileId },
        { hold, reason: 'r' },
      );
      await expect(call).rejects.toThrow('S3 is down');
      expect(world.get(fileId).legalHold).toBeDefined();

      await setLegalHold(world.holding, admin, { fileId }, { hold, reason: 'r' });
      expect(world.held).toEqual(new Set(hold ? [libraryVersionId] : []));
      expect(world.get(fileId).legalHold !== undefined).toBe(hold);
    },
  );

  it('is for admins: nobody else reaches S3 by it', async () => {
    const world = new Locked();
    const { fileId } = await world.upload();
    for (const hold of [true, false]) {
      await expect(
        setLegalHold(world.holding, alice, { fileId }, { hold, reason: 'r' }),
      ).rejects.toMatchObject({ code: 'forbidden' });
    }
    expect(world.held.size).toBe(0);
  });
});

it('a purged file whose bytes somebody else has locked is tried again day by day, not for ever at once', async () => {
  const world = new Shelf();
  world.put(file({ status: 'purged', accounting: 'none', libraryKey: 'K', libraryVersionId: 'V' }));
  let answer: 'locked' | 'gone' = 'locked';
  const deps = {
    store: world.table.port,
    now: world.now,
    objects: { deleteEverything: async () => answer },
  };
  expect(await removeBytes(deps, world.get())).toBe('locked');
  expect(world.get().dueAt).toBe(later(world.at, days(1)));
  answer = 'gone';
  expect(await removeBytes(deps, world.get())).toBe('removed');
});
