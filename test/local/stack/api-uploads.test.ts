import { beforeAll, describe, expect, inject, it } from 'vitest';
import { type InitiateResponse, ok } from '../../support/api.ts';
import { engineOf } from '../../support/engine.ts';
import { problem } from '../../support/problem.ts';
import { createTenant, noUsage, type TestTenant, usageOf } from '../../support/tenants.ts';
import {
  MiB,
  octets,
  plainText,
  put,
  putParts,
  randomBytesOf,
  untilStatus,
  uploadText,
} from '../../support/uploads.ts';

const engine = engineOf(inject('stack'));
const bytes = randomBytesOf(12 * MiB);

let tenant: TestTenant;
beforeAll(async () => {
  tenant = await createTenant(engine);
});

const start = async (size = bytes.length): Promise<InitiateResponse> =>
  ok(await tenant.api.initiate(octets(size, { urls: 1_000 })));

const unquoted = (part: { partNumber: number; etag: string }) => ({
  ...part,
  etag: part.etag.replaceAll('"', ''),
});

describe('part URLs', () => {
  it('are given for one part and for many, each with its exact size', async () => {
    const { fileId } = await start();
    expect(ok(await tenant.api.partUrl(fileId, 3, { query: { expirationSeconds: 120 } }))).toMatchObject({
      partNumber: 3,
      size: 2 * MiB,
      headers: {},
      expirationSeconds: expect.toSatisfy((seconds: number) => seconds > 60 && seconds <= 120),
    });
    const { parts } = ok(await tenant.api.partUrls(fileId, { partNumbers: [3, 1] }));
    expect(parts.map((part) => [part.partNumber, part.size])).toEqual([
      [3, 2 * MiB],
      [1, 5 * MiB],
    ]);
  });

  it('are refused for parts that do not exist and for nonsense', async () => {
    const { fileId } = await start();
    for (const n of [0, 4, 10_001]) {
      problem(await tenant.api.partUrl(fileId, n), 400, 'part_number_out_of_range');
    }
    problem(await tenant.api.partUrls(fileId, { partNumbers: [1, 4] }), 400, 'part_number_out_of_range');
    problem(await tenant.api.partUrls(fileId, { partNumbers: [0] }), 400, 'part_number_out_of_range');
    problem(await tenant.api.partUrl(fileId, 'x'), 400, 'validation_failed');
    problem(
      await tenant.api.partUrl(fileId, 1, { query: { expirationSeconds: 59 } }),
      400,
      'validation_failed',
    );
    problem(
      await tenant.api.partUrl(fileId, 1, { query: { expirationSeconds: 86_401 } }),
      400,
      'validation_failed',
    );
    problem(await tenant.api.partUrl(fileId, 1, { body: { checksum: 'AAAA' } }), 400, 'validation_failed');
    problem(await tenant.api.partUrls(fileId, { partNumbers: [] }), 400, 'validation_failed');
    const many = Array.from({ length: 1_001 }, () => 1);
    problem(await tenant.api.partUrls(fileId, { partNumbers: many }), 400, 'validation_failed');
  });
});

describe('completing', () => {
  it('needs every part with its ETag, says which are wrong, and then takes ETags with and without quotes', async () => {
    const upload = await start();
    const { fileId, parts } = upload;
    const sent = await putParts(upload, parts.slice(0, 2), bytes);
    const [first, second] = sent;
    if (!first || !second) throw new Error('no parts');

    const missing = problem(await tenant.api.complete(fileId, sent), 409, 'upload_incomplete');
    expect(missing.errors).toMatchObject([{ field: 'parts[3]', code: 'missing' }]);

    const third = (await putParts(upload, parts.slice(2), bytes))[0];
    if (!third) throw new Error('no part');
    const wrong = [{ ...first, etag: '"0123"' }, unquoted(second)];
    const refused = problem(await tenant.api.complete(fileId, wrong), 409, 'upload_incomplete');
    expect(refused.errors).toMatchObject([
      { field: 'parts[1]', code: 'etag_mismatch' },
      { field: 'parts[3]', code: 'not_listed' },
    ]);
    expect(ok(await tenant.api.parts(fileId))).toMatchObject({ uploadedParts: 3, progress: 100 });

    const done = await tenant.api.complete(fileId, [third, unquoted(second), first]);
    expect(done.status).toBe(202);
    expect(done.body).toMatchObject({ fileId });
    await untilStatus(tenant.api, fileId, 'ready');
    expect(await tenant.api.complete(fileId, [first])).toMatchObject({
      status: 202,
      body: { fileId, status: 'ready' },
    });
    expect(ok(await tenant.api.parts(fileId))).toMatchObject({
      uploadedParts: 3,
      uploadedBytes: bytes.length,
    });
    problem(await tenant.api.partUrl(fileId, 1), 409, 'upload_state_conflict');
    problem(await tenant.api.abort(fileId), 409, 'upload_state_conflict');
    problem(await tenant.api.heartbeat(fileId), 409, 'upload_state_conflict');
  });

  it('several times at once is the same as once', async () => {
    const upload = await start();
    const parts = await putParts(upload, upload.parts, bytes);

    const answers = await Promise.all(
      Array.from({ length: 5 }, () => tenant.api.complete(upload.fileId, parts)),
    );

    expect(answers.some((answer) => answer.status === 202)).toBe(true);
    for (const answer of answers) {
      if (answer.status !== 202) problem(answer, 409, 'upload_state_conflict');
    }
    await untilStatus(tenant.api, upload.fileId, 'ready');
  });

  it('a single PUT is optional, and says when nothing landed yet', async () => {
    const { fileId, parts } = ok(await tenant.api.initiate(plainText('one part')));
    expect(problem(await tenant.api.complete(fileId), 409, 'upload_incomplete').errors).toMatchObject([
      { field: 'parts[1]', code: 'missing' },
    ]);
    expect(ok(await tenant.api.parts(fileId)).uploadedParts).toBe(0);

    const { etag } = await put(parts[0] as InitiateResponse['parts'][number], Buffer.from('one part'));

    expect((await tenant.api.complete(fileId, [{ partNumber: 1, etag }])).status).toBe(202);
    await untilStatus(tenant.api, fileId, 'ready');
    expect(ok(await tenant.api.parts(fileId))).toMatchObject({ uploadedParts: 1, progress: 100 });
  });
});

describe('aborting', () => {
  it('twice is the same as once, and everything after it is told so', async () => {
    const { api } = await createTenant(engine);
    const upload = ok(await api.initiate(octets(bytes.length)));
    await putParts(upload, upload.parts.slice(0, 1), bytes);

    expect((await api.abort(upload.fileId)).status).toBe(204);
    expect((await api.abort(upload.fileId)).status).toBe(204);

    problem(await api.partUrl(upload.fileId, 1), 410, 'upload_aborted');
    problem(await api.partUrls(upload.fileId, { partNumbers: [1] }), 410, 'upload_aborted');
    problem(await api.parts(upload.fileId), 410, 'upload_aborted');
    problem(await api.heartbeat(upload.fileId), 410, 'upload_aborted');
    problem(await api.complete(upload.fileId, []), 410, 'upload_aborted');
    expect(ok(await api.file(upload.fileId)).status).toBe('aborted');
    expect(await usageOf(api)).toEqual(noUsage);
  });
});

describe('heartbeats', () => {
  it('keep one or many alive and tell which are gone', async () => {
    const [open, gone] = [await start(), await start()];
    ok(await tenant.api.abort(gone.fileId));
    const done = await uploadText(tenant.api, 'done');
    await untilStatus(tenant.api, done, 'ready');

    expect((await tenant.api.heartbeat(open.fileId)).status).toBe(204);
    const ids = [open.fileId, gone.fileId, done, 'never-was', open.fileId];
    expect(ok(await tenant.api.heartbeats(ids))).toEqual({
      alive: [open.fileId],
      gone: [gone.fileId, done, 'never-was'],
    });
    problem(await tenant.api.heartbeats([]), 400, 'validation_failed');
    problem(await tenant.api.heartbeats(Array.from({ length: 101 }, String)), 400, 'validation_failed');
  });

  it('are counted by call: 60 a minute', async () => {
    const { api } = await createTenant(engine);
    const { fileId } = ok(await api.initiate(octets(1)));
    // Twice the bound and one more: refused even where the minute turns in between.
    const answers = await Promise.all(Array.from({ length: 121 }, () => api.heartbeat(fileId)));
    const refused = answers.filter((answer) => answer.status !== 204);
    expect(refused.length).toBeGreaterThan(0);
    for (const answer of refused) problem(answer, 429, 'rate_limited');
    expect((await api.quota()).status).toBe(200);
  });
});

describe('the list of unfinished uploads', () => {
  it('shows them newest first, page by page, from any device', async () => {
    const { api } = await createTenant(engine);
    const started: string[] = [];
    for (const size of [10, bytes.length, 30]) {
      started.push(ok(await api.initiate(octets(size, { urls: 0 }))).fileId);
    }
    ok(await api.abort(started[0] ?? ''));
    const newestFirst = [started[2], started[1]];

    expect(ok(await api.uploads()).uploads.map((upload) => upload.fileId)).toEqual(newestFirst);
    const pages: string[] = [];
    let cursor: string | undefined;
    do {
      const page = ok(await api.uploads({ limit: 1, cursor }));
      pages.push(...page.uploads.map((upload) => upload.fileId));
      cursor = page.nextCursor;
    } while (cursor);
    expect(pages).toEqual(newestFirst);
    problem(await api.uploads({ cursor: 'forged' }), 400, 'cursor_invalid');
    problem(await api.uploads({ limit: 0 }), 400, 'validation_failed');
    problem(await api.uploads({ limit: 1_001 }), 400, 'validation_failed');
  });
});

describe('a batch', () => {
  it('admits what it can, refuses the rest by itself, and shows the state of each file', async () => {
    const { api } = await createTenant(engine, { policy: { bytesPerUser: 20, initiationsPerMinute: 1 } });
    const text = plainText('0123456789');

    const answer = await api.batch([
      text,
      octets(100),
      octets(10),
      { ...octets(1), mimeType: 'image/x-unknown' },
    ]);

    expect(answer.status).toBe(207);
    expect(answer.body.results.map(({ status, error }) => error?.code ?? status)).toEqual([
      201,
      'quota_exceeded',
      201,
      'type_not_allowed',
    ]);
    expect(answer.body.summary).toEqual({ requested: 4, accepted: 2, refused: 2, bytes: 20 });
    const [first, , third] = answer.body.results.map((result) => result.upload);
    await put(first?.parts[0] as InitiateResponse['parts'][number], Buffer.from('0123456789'));
    await untilStatus(api, first?.fileId ?? '', 'ready');
    expect(ok(await api.batchState(answer.body.batchId)).files).toMatchObject([
      { fileId: first?.fileId, status: 'ready', progress: 100 },
      { fileId: third?.fileId, status: 'uploading', progress: 0 },
    ]);
    problem(await tenant.api.batchState(answer.body.batchId), 404, 'not_found');
    problem(await api.batch([text]), 429, 'rate_limited');
  });

  it('has bounds', async () => {
    problem(await tenant.api.batch([]), 400, 'validation_failed');
    problem(await tenant.api.batch(Array.from({ length: 101 }, () => octets(1))), 400, 'validation_failed');
    const greedy = Array.from({ length: 11 }, () => octets(1, { urls: 100 }));
    expect(problem(await tenant.api.batch(greedy), 400, 'validation_failed').errors).toMatchObject([
      { code: 'too_many_urls' },
    ]);
    problem(await tenant.api.batch([{ ...octets(1), nonsense: true }]), 400, 'validation_failed');
  });
});
