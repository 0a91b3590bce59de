import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLocalDefinitions } from '../../../lambdas/adapters/scanner/clamav-definitions.ts';
import { refreshDefinitions } from '../../../lambdas/adapters/scanner/clamav-freshclam.ts';
import type { Definitions } from '../../../lambdas/core/intake/definitions.ts';
import { writeSignatures } from '../../support/clamav.ts';

const deadlineMs = 60_000;
const signal = AbortSignal.timeout(deadlineMs);

describe('definitions', () => {
  let root: string;
  let urls: readonly string[];
  /** By name and version. */
  let objects: Map<string, Buffer>;
  let notes: Buffer | undefined;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'definitions-test-'));
    for (const folder of ['source', 'temporary']) await mkdir(join(root, folder));
    urls = await writeSignatures(join(root, 'source'));
    objects = new Map();
    notes = undefined;
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  const bucket = {
    manifest: async () => undefined as Definitions | undefined,
    download: async ({ name, versionId }: { name: string; versionId: string }, path: string) =>
      writeFile(path, objects.get(`${name}@${versionId}`) ?? ''),
    upload: async (name: string, path: string) => {
      const versionId = String(objects.size + 1);
      objects.set(`${name}@${versionId}`, await readFile(path));
      return versionId;
    },
    downloadNotes: async (path: string) => (notes ? writeFile(path, notes) : undefined),
    uploadNotes: async (path: string) => {
      notes = await readFile(path).catch(() => undefined);
    },
  };
  const refresh = (current?: Definitions) =>
    refreshDefinitions(
      { source: { customUrls: urls }, bucket, temporary: join(root, 'temporary'), deadlineMs },
      current,
    );
  const published = (of: Pick<Definitions, 'version' | 'files'>): Definitions => {
    const at = '2026-11-21T06:00:00.000Z';
    return { ...of, source: 'test', checkedAt: at, changedAt: at };
  };

  it('are fetched by freshclam; what did not change is not uploaded again', async () => {
    const first = await refresh();
    expect(first.files.map(({ name }) => name)).toEqual(['test.hdb', 'test.ndb']);
    expect(first.version).toMatch(/^own-[0-9a-f]{12}$/);
    expect(notes?.length).toBeGreaterThan(0);

    const again = await refresh(published(first));
    expect(again).toEqual(first);
    expect(objects.size).toBe(2);

    await writeFile(join(root, 'source', 'test.ndb'), 'Another-Signature:0:*:0011223344556677889900\n');
    const changed = await refresh(published(first));
    expect(changed.version).not.toBe(first.version);
    expect(objects.size).toBe(3);
    expect(await readdir(join(root, 'temporary'))).toEqual([]);
  });

  it('that clamscan could not load are refused, and the old ones stay', async () => {
    await writeFile(join(root, 'source', 'test.ndb'), 'no signature at all\n');

    await expect(refresh()).rejects.toThrow(/freshclam ended with/);

    expect(objects.size).toBe(0);
  });

  describe('on the disk of a worker', () => {
    const local = (manifest: () => Definitions | undefined, nowMs = () => Date.now()) =>
      createLocalDefinitions({
        bucket: { ...bucket, manifest: async () => manifest() },
        directory: join(root, 'local'),
        lookAgainMs: 1_000,
        nowMs,
      });

    it('appear as a whole, once, however many ask', async () => {
      const definitions = published(await refresh());
      const workers = Array.from({ length: 5 }, () => local(() => definitions));

      const ready = await Promise.all(workers.map((worker) => worker.ready(signal)));

      expect(new Set(ready.map((each) => each?.directory)).size).toBe(1);
      expect((await readdir(ready[0]?.directory ?? '')).sort()).toEqual(['test.hdb', 'test.ndb']);
      expect(await readdir(join(root, 'local'))).toHaveLength(1);
    });

    it('are looked for again after a while: newer ones count, and where none are published there are none', async () => {
      let nowMs = Date.now();
      let manifest: Definitions | undefined = published(await refresh());
      const worker = local(
        () => manifest,
        () => nowMs,
      );
      const first = await worker.ready(signal);
      await writeFile(join(root, 'source', 'test.ndb'), 'Another-Signature:0:*:0011223344556677889900\n');
      manifest = published(await refresh(manifest));
      expect(await worker.ready(signal)).toEqual(first);

      nowMs += 1_000;
      expect((await worker.ready(signal))?.version).not.toBe(first?.version);
      manifest = undefined;
      nowMs += 1_000;
      expect(await worker.ready(signal)).toBeUndefined();
    });

    it('go when nobody has taken them up for longer than a scan may take', async () => {
      const old = join(root, 'local', 'old');
      await mkdir(old, { recursive: true });
      await utimes(old, new Date(0), new Date(0));
      const definitions = published(await refresh());

      await local(() => definitions).ready(signal);

      expect(await readdir(join(root, 'local'))).not.toContain('old');
    });
  });
});
