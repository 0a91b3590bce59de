import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, inject, it } from 'vitest';
import { ok } from '../../support/api.ts';
import { engineOf } from '../../support/engine.ts';
import type { ResumeOrder } from '../../support/resume-upload.ts';
import { createTenant, storedUsage, usageOf } from '../../support/tenants.ts';
import {
  download,
  MiB,
  multipartUploadsOf,
  octets,
  putParts,
  randomBytesOf,
  untilStatus,
  versionsOf,
} from '../../support/uploads.ts';

const engine = engineOf(inject('stack'));

/** Odd on purpose: the last part is shorter. */
const size = 60 * MiB + 12_345;
const sentBeforeInterruption = [1, 2, 5, 9];

it('60 MB are resumed from another process: no part is sent twice, the result is byte-identical', async () => {
  const { api, tenantId } = await createTenant(engine);
  const bytes = randomBytesOf(size);
  const directory = await mkdtemp(join(tmpdir(), 'sluice-resume-'));
  try {
    const path = join(directory, 'upload.bin');
    await writeFile(path, bytes);
    const started = ok(await api.initiate(octets(size, { urls: 1_000 })));
    expect(started).toMatchObject({ partSize: 5 * MiB, totalParts: 13 });

    const first = started.parts.filter((part) => sentBeforeInterruption.includes(part.partNumber));
    await putParts(started, first, bytes);

    expect(ok(await api.uploads()).uploads).toMatchObject([{ fileId: started.fileId, size, totalParts: 13 }]);
    expect(ok(await api.parts(started.fileId))).toMatchObject({
      uploadedParts: 4,
      uploadedBytes: 4 * 5 * MiB,
      progress: 33,
    });

    const order: ResumeOrder = { apiUrl: api.url, token: api.token ?? '', fileId: started.fileId, path };
    const script = join(import.meta.dirname, '..', '..', 'support', 'resume-upload.ts');
    const { stdout } = await promisify(execFile)(process.execPath, [script, JSON.stringify(order)]);

    const resumed = JSON.parse(stdout) as number[];
    expect(resumed).toEqual([3, 4, 6, 7, 8, 10, 11, 12, 13]);
    await untilStatus(api, started.fileId, 'ready');
    const { url } = ok(await api.downloadUrl(started.fileId));
    expect((await download(url)).bytes.equals(bytes)).toBe(true);
    expect(await usageOf(api)).toEqual(storedUsage(size));
    expect(await versionsOf(engine, 'intake', tenantId)).toEqual([]);
    expect(await multipartUploadsOf(engine, tenantId)).toEqual([]);
    expect(ok(await api.uploads()).uploads).toEqual([]);
  } finally {
    await rm(directory, { recursive: true });
  }
});
