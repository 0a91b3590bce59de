import { beforeAll, describe, expect, inject, it } from 'vitest';
import { type InitiateBody, ok } from '../../support/api.ts';
import { type Engine, engineOf } from '../../support/engine.ts';
import { createTenant } from '../../support/tenants.ts';
import { MiB, octets } from '../../support/uploads.ts';

describe('an upload profile', () => {
  let engine: Engine;
  beforeAll(() => {
    engine = engineOf(inject('stack'));
  });

  const avatar = (rest: InitiateBody = {}): InitiateBody => ({
    filename: 'me.png',
    mimeType: 'image/png',
    size: 1_000,
    profile: 'avatar',
    onConflict: 'rename',
    ...rest,
  });

  it('decides type, size and folder, within the policy', async () => {
    const { api } = await createTenant(engine);
    const { fileId } = ok(await api.initiate(avatar()));
    expect(ok(await api.file(fileId)).path).toBe('/avatars');
    ok(await api.abort(fileId));
    const below = ok(await api.initiate(avatar({ path: '/avatars/2026' })));
    expect(ok(await api.file(below.fileId)).path).toBe('/avatars/2026');
    ok(await api.abort(below.fileId));
    const refused = async (rest: InitiateBody) => (await api.initiate(avatar(rest))).body;
    expect(await refused({ mimeType: 'application/pdf' })).toMatchObject({ code: 'type_not_allowed' });
    expect(await refused({ size: 5 * MiB + 1 })).toMatchObject({ code: 'file_too_large' });
    expect(await refused({ path: '/elsewhere' })).toMatchObject({
      code: 'validation_failed',
      errors: [{ field: 'path', code: 'outside_profile' }],
    });
    expect(await refused({ path: '/avatarsx' })).toMatchObject({ code: 'validation_failed' });
    expect(await refused({ profile: 'banner' })).toMatchObject({
      errors: [{ field: 'profile', detail: 'must be one of avatar, documents' }],
    });
  });

  it('holds as many open uploads as it says, whatever comes at once, and gives each place back once', async () => {
    const { api } = await createTenant(engine);
    const document = (index: number) =>
      api.initiate(
        octets(10, { mimeType: 'application/pdf', filename: `${index}.pdf`, profile: 'documents' }),
      );
    const first = await Promise.all(Array.from({ length: 12 }, (_, index) => document(index)));
    const admitted = first.filter(({ status }) => status === 201);
    expect(admitted).toHaveLength(5);
    for (const { status, body } of first) {
      if (status !== 201) expect(body).toMatchObject({ code: 'concurrency_limit_exceeded' });
    }
    for (const { body } of admitted) {
      await Promise.all([api.abort(body.fileId), api.abort(body.fileId)]);
    }
    const again = await Promise.all(Array.from({ length: 7 }, (_, index) => document(index + 20)));
    expect(again.filter(({ status }) => status === 201)).toHaveLength(5);
  });

  it('is the tenant’s own where the tenant names one', async () => {
    const { api } = await createTenant(engine, {
      policy: {
        profiles: {
          scans: { allowedTypes: ['image/*', 'application/pdf'], maxFiles: 2, folder: '/in/scans' },
        },
      },
    });
    const answer = await api.batch([
      octets(10, { mimeType: 'application/pdf', profile: 'scans' }),
      octets(10, { profile: 'scans' }),
      octets(10, { profile: 'avatar', mimeType: 'image/png' }),
    ]);
    expect(ok(answer).results.map(({ status }) => status)).toEqual([201, 415, 201]);
    const scan = ok(answer).results[0]?.upload?.fileId as string;
    expect(ok(await api.file(scan)).path).toBe('/in/scans');
  });
});
