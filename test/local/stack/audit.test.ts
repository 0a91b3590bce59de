import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import type { FoundRecord } from '../../../lambdas/core/audit/search.ts';
import type { Verified } from '../../../lambdas/core/audit/verify.ts';
import { defaultStackDir, projectDir } from '../../../local/paths.ts';
import { verifyTenant } from '../../../tools/audit/verify-tenant.ts';
import { Api, type Call, ok } from '../../support/api.ts';
import { forged } from '../../support/audit.ts';
import { engineOf, eventually } from '../../support/engine.ts';
import { problem } from '../../support/problem.ts';
import { auditItems, publicKeyOf, sealNow, verification } from '../../support/sealing.ts';
import { createTenant, type TestTenant, type TestUser } from '../../support/tenants.ts';
import { plainText, untilStatus, upload } from '../../support/uploads.ts';

const engine = engineOf(inject('stack'));
const { s3, stack } = engine;

const search = (api: Api, query: Call['query'] = {}) =>
  api.call<{ records: FoundRecord[]; nextCursor?: string }>('GET', '/admin/audit', { query });

/** Waits until the audit of the caller's tenant has a record like this. */
const untilRecorded = (api: Api, query: Call['query'], like: Partial<FoundRecord> = {}) =>
  eventually(`a record of ${JSON.stringify({ ...query, ...like })}`, async () => {
    const { records } = ok(await search(api, query));
    return records.find((record) => expect.objectContaining(like).asymmetricMatch(record));
  });

async function uploadText(api: Api): Promise<string> {
  const text = `What ${Math.random()} says`;
  const fileId = await upload(api, plainText(text), Buffer.from(text));
  await untilStatus(api, fileId, 'ready');
  return fileId;
}

describe('the audit of a tenant', () => {
  let tenant: TestTenant;
  let [alice, bob, admin]: Api[] = [];
  let fileId: string;

  beforeAll(async () => {
    tenant = await createTenant(engine, { roles: ['user', 'user', 'admin'] });
    [alice, bob, admin] = tenant.users.map(({ api }) => api);
    fileId = await uploadText(alice as Api);
  });

  const idOf = (index: number): string => tenant.users[index]?.userId ?? '';

  it('has an upload, a share, a download and a deletion, each with who, from where and its risk', async () => {
    ok(await (alice as Api).share(fileId, idOf(1)));
    ok(await (bob as Api).downloadUrl(fileId));
    ok(await (admin as Api).downloadUrl(fileId));
    expect((await (alice as Api).deleteFile(fileId)).status).toBe(204);

    const of = (type: string, like: Partial<FoundRecord>) =>
      untilRecorded(admin as Api, { fileId, type }, like);
    const byAlice = expect.objectContaining({ kind: 'user', userId: idOf(0), address: expect.any(String) });
    await of('file.initiated', { operation: 'upload', outcome: 'success', actor: byAlice as never });
    await of('file.shared', { operation: 'share', actor: byAlice as never });
    await of('access.download', { operation: 'download', ownerId: idOf(0) });
    await of('access.download', { operation: 'sensitive_access' });
    const deletion = await of('file.purged', { operation: 'delete', actor: byAlice as never });
    const unusual = deletion.factors.includes('unusual_hour') ? 0.1 : 0;
    expect(deletion.risk).toBeCloseTo(0.3 + unusual);
  });

  it('records whom it refuses, and who reads it', async () => {
    problem(await search(bob as Api), 403, 'forbidden');

    await untilRecorded(
      admin as Api,
      { userId: idOf(1), type: 'access.refused' },
      {
        outcome: 'refused',
        operation: 'sensitive_access',
        data: { code: 'forbidden', route: 'searchAudit', operation: 'sensitive_access' },
      },
    );
    await untilRecorded(admin as Api, {
      userId: idOf(2),
      operation: 'sensitive_access',
      type: 'access.read',
    });
  });

  it('is searched by filters and read in pages, newest first', async () => {
    const all = ok(await search(admin as Api, { fileId, limit: 1_000 })).records;
    const pages: FoundRecord[] = [];
    let cursor: string | undefined;
    do {
      const page = ok(await search(admin as Api, { fileId, limit: 2, cursor }));
      pages.push(...page.records);
      cursor = page.nextCursor;
    } while (cursor);

    expect(pages.map(({ recordId }) => recordId)).toEqual(all.map(({ recordId }) => recordId));
    expect(all.map(({ at }) => at)).toEqual(
      all
        .map(({ at }) => at)
        .sort()
        .reverse(),
    );
    const risky = ok(await search(admin as Api, { minRisk: 0.3 })).records;
    expect(risky.length).toBeGreaterThan(0);
    expect(Math.min(...risky.map(({ risk }) => risk))).toBeGreaterThanOrEqual(0.3);
    problem(await search(admin as Api, { cursor: 'x' }), 400, 'cursor_invalid');
    problem(
      await search(admin as Api, { from: '2026-02-01T00:00:00Z', to: '2026-01-01T00:00:00Z' }),
      400,
      'validation_failed',
    );
  });

  it('has who asked for a public file, as far as that is known', async () => {
    const shown = await uploadText(alice as Api);
    ok(await (alice as Api).changeFile(shown, 'visibility', { isPublic: true }));
    ok(await new Api(stack.apiUrl).publicUrl(shown));

    await untilRecorded(admin as Api, { fileId: shown, operation: 'share' }, { type: 'file.changed' });
    const seen = await untilRecorded(admin as Api, { fileId: shown, operation: 'download' });
    expect(seen.actor).toEqual({
      kind: 'public',
      address: expect.any(String),
      requestId: expect.any(String),
    });
  });

  it("is root's to read too, whose reading it tells; another tenant's admin finds nothing", async () => {
    const other = await createTenant(engine, { roles: ['admin', 'root'] });
    const [, root] = other.users;

    problem(await search(other.api, { tenant: tenant.tenantId }), 404, 'not_found');
    problem(await search(root?.api as Api, { tenant: 'no-such-tenant' }), 404, 'not_found');
    ok(await search(root?.api as Api, { tenant: tenant.tenantId }));

    await untilRecorded(admin as Api, { userId: root?.userId }, { operation: 'sensitive_access' });
  });
});

it('gives an alert for what is above 0.7, as an event that has a record of its own', async () => {
  const policy = { timeZone: zoneWhereItIsNight() };
  const { users } = await createTenant(engine, { policy, roles: ['user', 'admin'] });
  const [alice, admin] = users as [TestUser, TestUser];
  const fileId = await uploadText(alice.api);
  ok(await alice.api.changeFile(fileId, 'metadata', { metadata: {}, sensitivity: 'restricted' }));

  ok(await admin.api.downloadUrl(fileId));

  const cause = await untilRecorded(admin.api, { fileId, type: 'access.download' });
  expect(cause).toMatchObject({ risk: 0.8, factors: ['unusual_hour', 'high_sensitivity'] });
  const alert = await untilRecorded(admin.api, { type: 'security.alert' });
  expect(alert).toMatchObject({
    actor: { kind: 'system' },
    data: { recordId: cause.recordId, userId: admin.userId, fileId, risk: 0.8 },
  });
});

/** The names of these zones have the sign the other way round: Etc/GMT-5 is five hours ahead of UTC. */
function zoneWhereItIsNight(): string {
  const night = 2;
  const ahead = ((night - new Date().getUTCHours() + 36) % 24) - 12;
  return ahead === 0 ? 'Etc/GMT' : `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`;
}

interface Sealed {
  readonly key: string;
  readonly text: string;
}

/** Every event that an upload of a text has. */
const wayOfText = ['file.initiated', 'file.uploaded', 'file.stored', 'file.ready'];

describe('a sealed audit', () => {
  let tenant: TestTenant;
  let whole: Verified;
  const stored: Sealed[] = [];

  const keysOf = async () =>
    [...(await (await verification(engine, tenant.tenantId)).source.keys(tenant.tenantId))].sort();
  const textOf = async (key: string) => (await verification(engine, tenant.tenantId)).source.text(key);
  const putText = (Key: string, Body: string) =>
    s3.send(new PutObjectCommand({ Bucket: stack.audit.bucket, Key, Body }));
  const verify = async (known: readonly { seq: number; hash: string }[] = []) =>
    verifyTenant({ ...(await verification(engine, tenant.tenantId)), known });

  beforeAll(async () => {
    tenant = await createTenant(engine, { roles: ['admin'] });
    for (let segment = 0; segment < 3; segment += 1) {
      const fileId = await uploadText(tenant.api);
      // Looked for in the table: a search would be a record too, to be sealed at any time later.
      await eventually('all of an upload is recorded', async () => {
        const types = (await auditItems(engine, tenant.tenantId))
          .filter((item) => item.fileId === fileId)
          .map(({ type }) => type);
        return wayOfText.every((type) => types.includes(type));
      });
      await sealNow(engine, tenant.tenantId);
    }
    whole = await verify();
    for (const key of await keysOf()) stored.push({ key, text: await textOf(key) });
  });

  it('is whole, and every record of the table has its number', async () => {
    expect(whole.segments).toBeGreaterThanOrEqual(3);
    const numbers = (await auditItems(engine, tenant.tenantId)).map(({ seq }) => seq).filter(Boolean);
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: whole.seq }, (_, index) => index + 1));
  });

  it('shows a record that was changed in the bucket, and a segment that was removed', async () => {
    const [middle, last] = [stored[1], stored.at(-1)] as [Sealed, Sealed];
    await putText(
      middle.key,
      forged(middle.text, ([line]) => void Object.assign(line?.record as object, { risk: 0 })),
    );
    await expect(verify()).rejects.toThrow(/Record \d+ in .* was changed/);

    await s3.send(new DeleteObjectCommand({ Bucket: stack.audit.bucket, Key: middle.key }));
    await expect(verify()).rejects.toThrow(/are missing before .*: their segments were removed/);
    await putText(middle.key, middle.text);

    await s3.send(new DeleteObjectCommand({ Bucket: stack.audit.bucket, Key: last.key }));
    await expect(verify([whole])).rejects.toThrow(/the newest segments were removed/);
    await putText(last.key, last.text);
    expect(await verify([whole])).toMatchObject({ seq: whole.seq, hash: whole.hash });
  });

  it('is proven on the command line, against the stage or a copy, by exit code and sentence', async () => {
    const run = (...options: string[]) =>
      promisify(execFile)(
        process.execPath,
        ['tools/audit-verify.ts', '--tenant', tenant.tenantId, ...options],
        {
          cwd: projectDir,
        },
      ).then(
        ({ stdout }) => ({ code: 0, said: stdout }),
        (error) => ({ code: error.code as number, said: String(error.stderr) }),
      );
    const stage = ['--stage', 'local', '--local-dir', join(defaultStackDir, 'test'), '--table'];
    const [record] = await auditItems(engine, tenant.tenantId);
    const change = (risk: number) =>
      engine.db.send(
        new UpdateCommand({
          TableName: stack.tableName,
          Key: { pk: record?.pk, sk: record?.sk },
          UpdateExpression: 'SET risk = :risk',
          ExpressionAttributeValues: { ':risk': risk },
        }),
      );

    expect(await run(...stage)).toEqual({
      code: 0,
      said: expect.stringMatching(/^Whole: \d+ records in \d+ segments/),
    });
    await change(0.99);
    expect(await run(...stage)).toEqual({
      code: 1,
      said: expect.stringMatching(/^Broken: Record 1 .* changed in the table/),
    });
    await change(record?.risk as number);

    const dir = await mkdtemp(join(tmpdir(), 'audit-'));
    for (const { key, text } of stored) {
      await mkdir(dirname(join(dir, key)), { recursive: true });
      await writeFile(join(dir, key), text);
    }
    const pem = join(dir, 'key.pem');
    await writeFile(pem, (await publicKeyOf(engine)).export({ format: 'pem', type: 'spki' }));
    const copy = ['--dir', dir, '--public-key', pem, '--known', `${whole.seq}:${whole.hash}`];
    expect((await run(...copy)).code).toBe(0);
    await writeFile(join(dir, stored[0]?.key as string), stored[1]?.text as string);
    expect(await run(...copy)).toEqual({ code: 1, said: expect.stringMatching(/^Broken: /) });
  });
});
