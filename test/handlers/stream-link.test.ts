import { describe, expect, it } from 'vitest';
import type { MachineClient } from '../../lambdas/core/tenancy/machine.ts';
import { startOfTime, tenant, user } from '../support/domain.ts';
import {
  beside,
  changed,
  film,
  ofBob,
  type StreamWorld,
  start,
  streamApi,
  toBob,
  video,
} from '../support/stream-api.ts';

describe('a link to a stream', () => {
  it('that was changed in any part, or is of another kind, opens nothing and counts as guessing', async () => {
    const { world, load, entry, taken } = streamApi();
    const url = await entry();
    world.file = { ...film, version: 2 };
    const wrong: Record<string, string> = {
      ...{ tenant: 'globex', user: 'bob', version: '2', expires: String(start / 1000 + 600) },
      ...{ client: 'robot', signature: 'A'.repeat(43) },
    };
    for (const [name, value] of Object.entries(wrong)) {
      taken.length = 0;
      expect((await load(changed(url, name, value))).json, name).toMatchObject({
        status: 403,
        code: 'forbidden',
      });
      expect(taken, name).toEqual([['public-address#192.0.2.1', 'requests', 60, startOfTime]]);
    }
    expect((await load(url.replace('/F1/', '/F2/'))).json).toMatchObject({ code: 'forbidden' });
  });

  it('ends', async () => {
    const { world, load, entry } = streamApi();
    const url = await entry();
    world.now = start + video.streamSeconds * 1000 - 1;
    expect((await load(url)).status).toBe(200);
    world.now += 1;
    expect((await load(url)).json).toMatchObject({ status: 403, code: 'forbidden' });
  });

  it('ends with the share by which its holder reads the file', async () => {
    const { world, load, entry } = streamApi({ share: toBob });
    const url = await entry(ofBob);
    expect((await load(url)).status).toBe(200);
    world.share = { ...toBob, expiresAt: '2026-11-20T12:10:00.000Z' };
    expect((await load(beside(url, '480p.m3u8'))).status).toBe(200);
    world.now += 600_000;
    expect((await load(beside(url, '480p.m3u8'))).json).toMatchObject({ status: 404, code: 'not_found' });
    world.share = undefined;
    expect((await load(url)).json).toMatchObject({ status: 404, code: 'not_found' });
  });

  it('ends with its file, its content, its holder and its tenant', async () => {
    const { world, load, entry, recorded } = streamApi();
    const url = await entry();
    const refused = async (change: Partial<StreamWorld>) => {
      const before = { ...world };
      Object.assign(world, change);
      const { json } = await load(url);
      Object.assign(world, before);
      return `${json?.status} ${json?.code}`;
    };

    expect(await refused({ file: { ...film, status: 'deleted' } })).toBe('409 upload_state_conflict');
    expect(await refused({ file: { ...film, status: 'purged' } })).toBe('404 not_found');
    expect(await refused({ file: undefined })).toBe('404 not_found');
    expect(await refused({ file: { ...film, version: 2 } })).toBe('404 not_found');
    expect(await refused({ file: { ...film, ownerId: 'bob' } })).toBe('404 not_found');
    expect(await refused({ users: [] })).toBe('403 forbidden');
    expect(recorded.filter(({ type }) => type === 'access.refused')).toEqual([]);
    expect(await refused({ users: [user({ status: 'inactive' })] })).toBe('403 user_inactive');
    expect(await refused({ tenant: tenant({ status: 'suspended' }) })).toBe('403 tenant_suspended');
    const german = tenant({ policy: { geoRestrictions: { allow: ['DE'] } } });
    expect(await refused({ tenant: german })).toBe('403 region_blocked');
    expect(recorded.filter(({ type }) => type === 'access.refused')).toHaveLength(3);
    expect((await load(url)).status).toBe(200);
  });

  it('that a machine got for a user ends with either', async () => {
    const client: MachineClient = {
      ...{ clientId: 'robot', tenantId: 'acme', name: 'robot', scopes: ['files.read'], status: 'active' },
      ...{ createdAt: startOfTime, createdBy: 'ann' },
    };
    const { world, call, load } = streamApi({ client });
    const asRobot = {
      claims: { client_id: 'robot', scope: 'sluice/files.read', token_use: 'access' },
      headers: { 'on-behalf-of': 'alice' },
    };
    const { url } = (await call('streamUrl', asRobot)).json;
    expect(new URL(url, 'https://api.test').searchParams.get('client')).toBe('robot');
    expect((await load(url)).status).toBe(200);
    expect((await load(changed(url, 'client', 'other'))).json).toMatchObject({ code: 'forbidden' });

    world.client = { ...client, scopes: ['uploads'] };
    expect((await load(url)).json).toMatchObject({ status: 403, code: 'forbidden' });
    world.client = undefined;
    expect((await load(url)).json).toMatchObject({ status: 403, code: 'forbidden' });
    world.client = client;
    world.users = [];
    expect((await load(url)).json).toMatchObject({ status: 403, code: 'forbidden' });
  });
});
