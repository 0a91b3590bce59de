import { beforeAll, describe, expect, inject, it } from 'vitest';
import type { InitiateResponse } from '../../support/api.ts';
import { ok } from '../../support/api.ts';
import { bombs } from '../../support/bombs/index.ts';
import type { HostileSample } from '../../support/bombs/sample.ts';
import { engineOf, eventually, inParallel } from '../../support/engine.ts';
import { photo } from '../../support/images.ts';
import { onePage } from '../../support/pdf-writer.ts';
import { createTenant, storedUsage, type TestTenant, usageOf } from '../../support/tenants.ts';
import { download, putParts, untilStatus, upload, versionsOf } from '../../support/uploads.ts';

const engine = engineOf(inject('stack'));

const maxSampleBytes = 2 * 1024 ** 2;
const uploadsAtOnce = 8;
/** For all of the batch, on a busy small machine; the message of a killed function comes again after 90 minutes. */
const batchDeadlineMs = 170_000;

interface Sent {
  readonly name: string;
  readonly filename: string;
  readonly mimeType: string;
  readonly bytes: Buffer;
  /** Undefined: it is stored. */
  readonly reason?: string;
}

/** One sample of each type and reason: what tells the others apart is tested without a stack. */
function oneOfEachKind(): readonly HostileSample[] {
  const kinds = new Map<string, HostileSample>();
  for (const sample of bombs) {
    const reason = sample.expected === 'stored' ? undefined : sample.expected.reason;
    const kind = `${sample.mimeType} ${reason}`;
    if (reason !== undefined && !kinds.has(kind)) kinds.set(kind, sample);
  }
  return [...kinds.values()];
}

describe('a batch of bombs among good files', () => {
  const good: Sent[] = [];
  const bad: Sent[] = [];
  const started = new Map<Sent, InitiateResponse>();
  let tenant: TestTenant;

  beforeAll(async () => {
    for (const sample of oneOfEachKind()) {
      const bytes = await sample.bytes();
      const { name, mimeType, filename, expected } = sample;
      if (expected === 'stored' || bytes.length > maxSampleBytes) continue;
      bad.push({ name, mimeType, filename: `${bad.length}-${filename}`, bytes, reason: expected.reason });
    }
    good.push(
      { name: 'photo', ...named('photo.jpg', 'image/jpeg'), bytes: await photo({ width: 800, height: 600 }) },
      { name: 'document', ...named('document.pdf', 'application/pdf'), bytes: onePage() },
      { name: 'text', ...named('text.txt', 'text/plain'), bytes: Buffer.from('plain words') },
      { name: 'octets', ...named('octets.bin', 'application/octet-stream'), bytes: Buffer.from('\0octets') },
    );
    const allowedMimeTypes = [...new Set([...good, ...bad].map(({ mimeType }) => mimeType))];
    tenant = await createTenant(engine, {
      policy: { slotsPerUser: 100, initiationsPerMinute: 10_000, allowedMimeTypes },
    });

    const all = [...bad, ...good];
    const { results } = ok(
      await tenant.api.batch(
        all.map(({ filename, mimeType, bytes }) => ({ path: '/', filename, mimeType, size: bytes.length })),
      ),
    );
    for (const [index, sent] of all.entries()) {
      const upload = results[index]?.upload;
      if (!upload) throw new Error(`${sent.name}: ${JSON.stringify(results[index]?.error)}`);
      started.set(sent, upload);
    }
    await inParallel(all, uploadsAtOnce, async (sent) => {
      const upload = started.get(sent) as InitiateResponse;
      await putParts(upload, upload.parts, sent.bytes);
    });
  });

  const fileIdOf = (sent: Sent): string => (started.get(sent) as InitiateResponse).fileId;
  const ended = new Set(['ready', 'failed', 'rejected']);
  const endOf = (sent: Sent) =>
    eventually(
      `${sent.name} has ended`,
      async () => {
        const { status, reason } = ok(await tenant.api.file(fileIdOf(sent)));
        return ended.has(status) && { status, ...(reason && { reason }) };
      },
      { deadlineMs: batchDeadlineMs },
    );

  it('refuses every bomb for its own reason and stores every good file', {
    timeout: batchDeadlineMs,
  }, async () => {
    const ends = await inParallel([...bad, ...good], uploadsAtOnce, async (sent) => [
      sent.name,
      await endOf(sent),
    ]);

    expect(bad.length).toBeGreaterThan(20);
    expect(ends).toEqual([
      ...bad.map(({ name, reason }) => [name, { status: 'rejected', reason }]),
      ...good.map(({ name }) => [name, { status: 'ready' }]),
    ]);
  });

  it('keeps no byte of a bomb that anybody could get', async () => {
    const answers = await inParallel(bad, uploadsAtOnce, async (sent) => {
      const { status } = await tenant.api.downloadUrl(fileIdOf(sent));
      return [sent.name, status];
    });
    expect(answers.filter(([, status]) => Number(status) < 400)).toEqual([]);
    expect(await versionsOf(engine, 'library', tenant.tenantId)).toHaveLength(good.length);
    // The last one's bytes go after its status has moved.
    await eventually('the intake bucket is empty', async () => {
      const left = await versionsOf(engine, 'intake', tenant.tenantId);
      return left.length === 0;
    });
  });

  it('leaves the good files as they were sent', async () => {
    for (const sent of good) {
      const { url } = ok(await tenant.api.downloadUrl(fileIdOf(sent)));
      expect((await download(url)).bytes.equals(sent.bytes), sent.name).toBe(true);
    }
    expect(await usageOf(tenant.api)).toEqual(storedUsage(...good.map(({ bytes }) => bytes.length)));
  });
});

describe('a PDF that does more than show pages', () => {
  const active = onePage({ root: '/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>' });
  const locked = onePage({ trailer: '/Encrypt<</Filter/Standard/V 4>>' });
  const send = (tenant: TestTenant, filename: string, bytes: Buffer) =>
    upload(tenant.api, { path: '/', ...named(filename, 'application/pdf') }, bytes);

  it('is stored with what was found, which its record tells', async () => {
    const tenant = await createTenant(engine);
    const fileId = await send(tenant, 'active.pdf', active);

    expect((await untilStatus(tenant.api, fileId, 'ready')).findings).toEqual(['javascript']);
  });

  it('is refused where the policy says so', async () => {
    const tenant = await createTenant(engine, {
      policy: { activeContent: 'reject', encryptedContent: 'reject' },
    });
    const [script, encrypted] = [
      await send(tenant, 'active.pdf', active),
      await send(tenant, 'locked.pdf', locked),
    ];

    expect((await untilStatus(tenant.api, script, 'rejected')).reason).toBe('active_content');
    expect((await untilStatus(tenant.api, encrypted, 'rejected')).reason).toBe('encrypted_content');
  });
});

const named = (filename: string, mimeType: string) => ({ filename, mimeType });
