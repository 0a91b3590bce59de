import { execFile } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import type { PublicKeySet, Receipt, SignedReceipt } from '../../../client/api-types.ts';
import { verifyContent, verifyReceipt } from '../../../client/receipt.ts';
import { projectDir } from '../../../local/paths.ts';
import { Api, ok } from '../../support/api.ts';
import { engineOf } from '../../support/engine.ts';
import { problem } from '../../support/problem.ts';
import { createTenant, type TestTenant } from '../../support/tenants.ts';
import {
  download,
  MiB,
  octets,
  putParts,
  randomBytesOf,
  sha256,
  untilStatus,
  upload,
  uploadText,
} from '../../support/uploads.ts';

const stack = inject('stack');
const engine = engineOf(stack);
const anybody = new Api(stack.apiUrl);

const receiptOf = (api: Api, id: string, query = {}) =>
  api.call<SignedReceipt>('GET', `/storage/files/${id}/receipt`, { query });
const publicKeys = () => anybody.call<PublicKeySet>('GET', '/public/keys');
const blobOf = (bytes: Buffer): Blob => new Blob([new Uint8Array(bytes)]);

describe('a receipt', () => {
  let tenant: TestTenant;
  let keys: PublicKeySet;
  beforeAll(async () => {
    tenant = await createTenant(engine, { roles: ['user', 'user'] });
    keys = ok(await publicKeys());
  });

  it('of an upload in parts is checked by the published keys alone, and so are the bytes', async () => {
    const { api, tenantId, users } = tenant;
    const bytes = randomBytesOf(6 * MiB);
    const checksum = { algorithm: 'SHA256', value: sha256(bytes) };
    const started = ok(await api.initiate(octets(bytes.length, { checksum, filename: 'Übersicht.bin' })));
    problem(await receiptOf(api, started.fileId), 409, 'upload_state_conflict');
    ok(await api.complete(started.fileId, await putParts(started, started.parts, bytes)));
    await untilStatus(api, started.fileId, 'ready');

    const signed = ok(await receiptOf(api, started.fileId));
    const receipt: Receipt = await verifyReceipt(signed, keys);

    expect(receipt).toEqual({
      ...{ schemaVersion: 1, tenantId, ownerId: users[0].userId, fileId: started.fileId, version: 1 },
      ...{ uploadId: started.uploadId, originalName: 'Übersicht.bin', size: bytes.length },
      mimeType: 'application/octet-stream',
      checksums: expect.objectContaining({ SHA256: checksum.value }),
      contentEtag: expect.stringMatching(/-2"?$/),
      ...{ uploadedAt: expect.any(String), storedAt: expect.any(String), issuedAt: expect.any(String) },
    });
    const { url } = ok(await api.downloadUrl(started.fileId));
    const served = (await download(url)).bytes;
    expect(await verifyContent(receipt, blobOf(served))).toContain('SHA256');
    served[5 * MiB] = (served[5 * MiB] ?? 0) ^ 1;
    await expect(verifyContent(receipt, blobOf(served))).rejects.toMatchObject({ code: 'content_differs' });
  });

  it('does not hold with anything in it changed', async () => {
    const { api } = tenant;
    const fileId = await uploadText(api, 'a contract');
    await untilStatus(api, fileId, 'ready');
    const signed = ok(await receiptOf(api, fileId));
    const [header, payload = '', signature] = signed.jws.split('.');
    const said = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Receipt;

    for (const name of Object.keys(said)) {
      const other = Buffer.from(JSON.stringify({ ...said, [name]: 'other' })).toString('base64url');
      const forged = `${header}.${other}.${signature}`;
      await expect(verifyReceipt(forged, keys), name).rejects.toMatchObject({ code: 'receipt_invalid' });
    }
    const readable = { ...signed, receipt: { ...signed.receipt, size: 1 } };
    await expect(verifyReceipt(readable, keys)).rejects.toMatchObject({ code: 'receipt_invalid' });
  });

  it('of each version that the file keeps tells of that one', async () => {
    const { api } = tenant;
    const filename = 'versions.txt';
    const fileId = await uploadText(api, 'the first', { filename });
    await untilStatus(api, fileId, 'ready');
    await upload(
      api,
      { path: '/', filename, mimeType: 'text/plain', onConflict: 'replace' },
      Buffer.from('the second'),
    );
    await expect.poll(async () => ok(await api.file(fileId)).version, { timeout: 30_000 }).toBe(2);

    const [now, then] = [
      await verifyReceipt(ok(await receiptOf(api, fileId)), keys),
      await verifyReceipt(ok(await receiptOf(api, fileId, { version: 1 })), keys),
    ];
    expect([now.version, then.version]).toEqual([2, 1]);
    expect(await verifyContent(now, blobOf(Buffer.from('the second')))).toContain('SHA256');
    expect(await verifyContent(then, blobOf(Buffer.from('the first')))).toContain('SHA256');
    expect(then.uploadedAt).toBeDefined();
    problem(await receiptOf(api, fileId, { version: 3 }), 404, 'not_found');
  });

  it('is for who may read the file', async () => {
    const [owner, colleague] = tenant.users;
    if (!colleague) throw new Error('no colleague');
    const stranger = await createTenant(engine);
    const fileId = await uploadText(owner.api, 'mine');
    await untilStatus(owner.api, fileId, 'ready');

    problem(await receiptOf(colleague.api, fileId), 404, 'not_found');
    problem(await receiptOf(stranger.api, fileId), 404, 'not_found');
    ok(await owner.api.share(fileId, colleague.userId));
    expect(ok(await receiptOf(colleague.api, fileId)).receipt.ownerId).toBe(owner.userId);
  });

  it('is signed by a key of its own, whose public half anybody gets and may keep for an hour', async () => {
    const { headers, body } = await publicKeys();

    expect(headers.get('cache-control')).toBe('public, max-age=3600');
    expect(body.keys).toEqual([
      expect.objectContaining({ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig' }),
    ]);
    expect(stack.audit.keyId).not.toContain(body.keys[0]?.kid);
  });

  it('is judged by npm run receipt:verify, together with its file', async () => {
    const { api } = tenant;
    const fileId = await uploadText(api, 'to be kept');
    await untilStatus(api, fileId, 'ready');
    const signed = ok(await receiptOf(api, fileId));
    const dir = await mkdtemp(join(tmpdir(), 'sluice-receipt-'));
    const saved = async (name: string, content: unknown): Promise<string> => {
      const text = typeof content === 'string' ? content : JSON.stringify(content);
      await writeFile(join(dir, name), text);
      return join(dir, name);
    };
    const receipt = await saved('receipt.json', signed);
    const changed = await saved('changed.json', { ...signed, receipt: { ...signed.receipt, size: 9 } });
    const keysFile = await saved('keys.json', keys);
    const [right, wrong] = [await saved('right.txt', 'to be kept'), await saved('wrong.txt', 'to be lost')];

    const judged = await Promise.all([
      verify(receipt, '--keys', keysFile, '--file', right),
      verify(receipt, '--api', stack.apiUrl),
      verify(receipt, '--keys', keysFile, '--file', wrong),
      verify(changed, '--keys', keysFile),
    ]);
    expect(judged).toEqual([
      { code: 0, said: expect.stringMatching(/^Valid: (.*\n)+The file is the one of the receipt/) },
      { code: 0, said: expect.stringMatching(/^Valid: /) },
      { code: 1, said: expect.stringMatching(/Not valid: The \w+ of these bytes is another one/) },
      { code: 1, said: expect.stringMatching(/^Not valid: What is to be read in it is not what was signed/) },
    ]);
  });
});

const verify = (...options: string[]): Promise<{ code: unknown; said: string }> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      ['tools/receipt-verify.ts', ...options],
      { cwd: projectDir, timeout: 60_000 },
      (error, out, failed) => resolve({ code: error ? error.code : 0, said: out + failed }),
    );
  });
