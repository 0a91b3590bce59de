import { describe, expect, it } from 'vitest';
import type { FileRecord } from '../../../lambdas/core/files/file.ts';
import { endShare, listShares, type SharingDeps, shareFile } from '../../../lambdas/core/files/shares.ts';
import { timelineOf } from '../../../lambdas/core/files/timeline.ts';
import { caller, file, startOfTime, user } from '../../support/domain.ts';
import { World } from '../../support/world.ts';

const alice = caller();
const who = (userId: string, role: 'user' | 'admin' = 'user') => caller({ user: { userId, role } });

/** A tenant with a file of alice's and these colleagues. */
function office(over: Partial<FileRecord> = {}, maxPerFile = 100) {
  const world = new World();
  const record = file({ status: 'ready', accounting: 'used', ...over });
  world.table.files.set('acme/F1', record);
  world.table.names.set('acme/alice//photo.jpg', 'F1');
  const deps: SharingDeps = {
    now: world.now,
    newId: world.newId,
    store: {
      ...world.table.port,
      shares: async ({ fileId }) => [...world.table.shares.values()].filter((each) => each.fileId === fileId),
    },
    directory: {
      find: async (tenantId, userId) =>
        tenantId === 'acme' && ['alice', 'bob', 'carol', 'gone'].includes(userId)
          ? { user: user({ userId, status: userId === 'gone' ? 'inactive' : 'active' }) }
          : {},
    },
    bounds: { maxPerFile, maxSeconds: 3_600 },
  };
  const found = (): FileRecord => world.table.files.get('acme/F1') as FileRecord;
  return { world, deps, found };
}

describe('sharing a file', () => {
  it('opens it to one user, tells who did so, and is told by an event', async () => {
    const { world, deps } = office();
    const share = await shareFile(deps, alice, 'F1', 'bob', { access: 'read' });

    expect(share).toEqual({ userId: 'bob', access: 'read', createdAt: startOfTime, createdBy: 'alice' });
    expect((await listShares(deps, alice, 'F1')).answer).toEqual({ shares: [share] });
    expect(world.table.events).toMatchObject([
      { type: 'file.shared', actor: { userId: 'alice' }, data: { userId: 'bob', access: 'read' } },
    ]);
  });

  it('again changes the share and keeps since when and by whom', async () => {
    const { world, deps, found } = office();
    await shareFile(deps, alice, 'F1', 'bob', { access: 'read' });
    world.pass(60);
    const expiresAt = '2026-11-20T12:30:00.000Z';
    const changed = await shareFile(deps, who('eve', 'admin'), 'F1', 'bob', { access: 'write', expiresAt });

    expect(changed).toMatchObject({ access: 'write', expiresAt, createdAt: startOfTime, createdBy: 'alice' });
    expect(found().shareCount).toBe(1);
  });

  it('as it is shared already changes nothing and tells nobody', async () => {
    const { world, deps, found } = office();
    const first = await shareFile(deps, alice, 'F1', 'bob', { access: 'read' });
    const { revision } = found();
    expect(await shareFile(deps, alice, 'F1', 'bob', { access: 'read' })).toEqual(first);
    expect(found().revision).toBe(revision);
    expect(world.table.events).toHaveLength(1);
  });

  it('with others is told to its owner and admins, not to those whom it is shared with', async () => {
    const { world, deps } = office();
    for (const userId of ['bob', 'carol']) await shareFile(deps, alice, 'F1', userId, { access: 'read' });
    const timeline = {
      ...deps,
      store: { ...deps.store, events: async () => ({ items: world.table.events }) },
    };
    const told = async (someone: Parameters<typeof timelineOf>[1]) =>
      (await timelineOf(timeline, someone, 'F1', { limit: 20 })).answer.events.map(({ data }) => data.userId);

    expect(await told(alice)).toEqual(['bob', 'carol']);
    expect(await told(who('eve', 'admin'))).toEqual(['bob', 'carol']);
    expect(await told(who('bob'))).toEqual(['bob']);
  });

  it('by an admin is marked as such in the event', async () => {
    const { world, deps } = office();
    const admin = who('eve', 'admin');
    await shareFile(deps, { ...admin, actor: { ...admin.actor, role: 'admin' } }, 'F1', 'bob', {
      access: 'read',
    });

    expect(world.table.events[0]?.data).toMatchObject({ via: 'admin' });
  });

  it.each(['nobody', 'gone', ''])('with "%s" is a 404 that tells nothing more', async (userId) => {
    const { deps } = office();
    await expect(shareFile(deps, alice, 'F1', userId, { access: 'read' })).rejects.toMatchObject({
      code: 'not_found',
      message: 'There is no such user, or it is not yours.',
    });
  });

  it.each([
    ['its owner', 'alice', {}],
    ['somebody until now', 'bob', { expiresAt: startOfTime }],
    ['somebody for longer than the bound', 'bob', { expiresAt: '2026-11-20T13:00:00.001Z' }],
  ])('with %s is refused', async (_who, userId, request) => {
    const { deps, world } = office();
    await expect(shareFile(deps, alice, 'F1', userId, { access: 'read', ...request })).rejects.toMatchObject({
      code: 'validation_failed',
    });
    expect(world.table.shares.size).toBe(0);
  });

  it('is for its owner and admins: a share does not share on', async () => {
    const { deps } = office();
    await shareFile(deps, alice, 'F1', 'bob', { access: 'write' });
    const bob = who('bob');

    await expect(shareFile(deps, bob, 'F1', 'carol', { access: 'read' })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(listShares(deps, bob, 'F1')).rejects.toMatchObject({ code: 'forbidden' });
    await expect(endShare(deps, bob, 'F1', 'bob')).rejects.toMatchObject({ code: 'forbidden' });
    await expect(shareFile(deps, who('carol'), 'F1', 'nobody', { access: 'read' })).rejects.toMatchObject({
      message: 'There is no such file, or it is not yours.',
    });
  });

  it('from the trash is refused, ending a share is not', async () => {
    const { deps, world, found } = office();
    await shareFile(deps, alice, 'F1', 'bob', { access: 'read' });
    world.table.files.set('acme/F1', { ...found(), status: 'deleted' });
    await expect(shareFile(deps, alice, 'F1', 'carol', { access: 'read' })).rejects.toMatchObject({
      code: 'upload_state_conflict',
    });
    await endShare(deps, alice, 'F1', 'bob');
    expect(world.table.shares.size).toBe(0);
  });

  it('holds its bound however many share at once', async () => {
    const { deps, found } = office({}, 2);
    const outcomes = await Promise.allSettled(
      ['bob', 'carol', 'alice2'].map((userId) =>
        shareFile(
          { ...deps, directory: { find: async () => ({ user: user({ userId }) }) } },
          alice,
          'F1',
          userId,
          { access: 'read' },
        ),
      ),
    );

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    expect(found().shareCount).toBe(2);
  });

  it('ends once, and ending it again changes nothing', async () => {
    const { world, deps, found } = office();
    await shareFile(deps, alice, 'F1', 'bob', { access: 'read' });
    await endShare(deps, alice, 'F1', 'bob');
    await endShare(deps, alice, 'F1', 'bob');

    expect(found().shareCount).toBe(0);
    expect(world.table.shares.size).toBe(0);
    expect(world.table.events.map(({ data }) => data.revoked)).toEqual([undefined, true]);
  });
});
