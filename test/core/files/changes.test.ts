import { describe, expect, it } from 'vitest';
import { setMetadata, setTags, setVisibility } from '../../../lambdas/core/files/annotate.ts';
import { setLegalHold } from '../../../lambdas/core/files/legal-hold.ts';
import { moveFile, renameFile } from '../../../lambdas/core/files/place.ts';
import type { Status } from '../../../lambdas/core/files/status.ts';
import { etagOf } from '../../../lambdas/core/files/view.ts';
import { caller } from '../../support/domain.ts';
import { Shelf } from '../../support/shelf.ts';

const alice = caller();
const bob = caller({ user: { userId: 'bob' } });
const admin = caller({ user: { userId: 'root', role: 'admin' } });
const F1 = { fileId: 'F1' };
const withCode = (code: string) => expect.objectContaining({ code });

describe('moving and renaming', () => {
  it('takes the name along, frees the old one and says so in one event', async () => {
    const shelf = new Shelf();
    shelf.put();
    const moved = await moveFile(shelf.changing, alice, F1, { newPath: 'photos/2026/' });
    expect(moved).toMatchObject({ path: '/photos/2026', filename: 'photo.jpg', revision: 2 });
    expect([...shelf.table.names.keys()]).toEqual(['acme/alice/photos/2026/photo.jpg']);
    const renamed = await renameFile(shelf.changing, alice, F1, { newFilename: 'cafe\u0301.jpg' });
    expect(renamed.filename).toBe('café.jpg');
    expect(shelf.table.events.map(({ type, data }) => [type, data.moved, data.renamed])).toEqual([
      ['file.moved', true, false],
      ['file.moved', false, true],
    ]);
  });

  it('to where it is changes nothing', async () => {
    const shelf = new Shelf();
    const before = shelf.put();
    expect(await moveFile(shelf.changing, alice, F1, { newPath: '/' })).toEqual(before);
    expect(await renameFile(shelf.changing, alice, F1, { newFilename: 'photo.jpg' })).toEqual(before);
    expect(shelf.table.events).toEqual([]);
  });

  it('onto another file is refused, or numbered where that is asked for', async () => {
    const shelf = new Shelf();
    shelf.put();
    shelf.put({ fileId: 'F2', path: '/a' });
    shelf.put({ fileId: 'F3', path: '/a', filename: 'photo (2).jpg' });
    const to = { newPath: '/a' };
    await expect(moveFile(shelf.changing, alice, F1, to)).rejects.toEqual(withCode('name_conflict'));
    expect(shelf.get().path).toBe('/');
    const moved = await moveFile(shelf.changing, alice, F1, { ...to, onConflict: 'rename' });
    expect(moved).toMatchObject({ path: '/a', filename: 'photo (3).jpg' });
    const again = renameFile(shelf.changing, alice, F1, { newFilename: 'photo.jpg' });
    await expect(again).rejects.toEqual(withCode('name_conflict'));
  });

  it('to a name that the policy does not allow is refused', async () => {
    const shelf = new Shelf();
    shelf.put();
    const strict = { ...alice, policy: { ...alice.policy, allowedExtensions: ['.jpg'] } };
    const renaming = renameFile(shelf.changing, strict, F1, { newFilename: 'photo.exe' });
    await expect(renaming).rejects.toEqual(withCode('type_not_allowed'));
  });

  it.each([
    ['/../x', 'photo.jpg'],
    ['C:/x', 'photo.jpg'],
    ['/a', 'a/b.jpg'],
  ])('to %s as %s is refused', async (newPath, newFilename) => {
    const shelf = new Shelf();
    shelf.put();
    const both = async () => {
      await moveFile(shelf.changing, alice, F1, { newPath });
      await renameFile(shelf.changing, alice, F1, { newFilename });
    };
    await expect(both()).rejects.toEqual(withCode('validation_failed'));
  });
});

describe('tags, metadata, sensitivity and visibility', () => {
  it('are replaced as a whole, and the event names the fields and no text of the user', async () => {
    const shelf = new Shelf();
    shelf.put({ tags: ['old'], metadata: { old: 'x' } });
    await setTags(shelf.changing, alice, F1, { tags: ['secret plan'] });
    await setMetadata(shelf.changing, alice, F1, { metadata: { a: 'secret' }, sensitivity: 'restricted' });
    await setVisibility(shelf.changing, alice, F1, { isPublic: true });
    expect(shelf.get()).toMatchObject({
      tags: ['secret plan'],
      metadata: { a: 'secret' },
      sensitivity: 'restricted',
      isPublic: true,
      revision: 4,
    });
    expect(shelf.table.events.map(({ data }) => data.fields)).toEqual([
      'tags',
      'metadata sensitivity',
      'isPublic',
    ]);
    expect(JSON.stringify(shelf.table.events)).not.toContain('secret');
  });

  it('that are the same already change nothing', async () => {
    const shelf = new Shelf();
    shelf.put({ tags: ['a'] });
    await setTags(shelf.changing, alice, F1, { tags: ['a'] });
    await setVisibility(shelf.changing, alice, F1, { isPublic: false });
    expect(shelf.get().revision).toBe(1);
  });

  it('share 8 KiB, whichever comes first', async () => {
    const shelf = new Shelf();
    shelf.put({ metadata: { note: 'ä'.repeat(4_000) } });
    const tags = Array.from({ length: 20 }, (_, n) => `${n}`.padEnd(128, 'x'));
    await expect(setTags(shelf.changing, alice, F1, { tags })).rejects.toEqual(withCode('validation_failed'));
    await setMetadata(shelf.changing, alice, F1, { metadata: {} });
    await setTags(shelf.changing, alice, F1, { tags });
    const metadata = { note: 'x'.repeat(6_000) };
    const tooMuch = setMetadata(shelf.changing, alice, F1, { metadata });
    await expect(tooMuch).rejects.toEqual(withCode('validation_failed'));
  });
});

describe('a change', () => {
  const change = (shelf: Shelf, ifMatch?: string) =>
    setTags(shelf.changing, alice, { ...F1, ifMatch }, { tags: [shelf.newId()] });

  it.each([
    ['no If-Match', undefined],
    ['any', '*'],
    ['its etag', '"1"'],
    ['its etag made weak by a proxy', 'W/"1"'],
    ['one of several', '"7", "1"'],
  ])('goes through with %s', async (_what, ifMatch) => {
    const shelf = new Shelf();
    shelf.put();
    expect(etagOf(await change(shelf, ifMatch))).toBe('"2"');
  });

  it.each(['"2"', '1', '', 'W/"2"', '"1'])(
    'with If-Match %j is refused and tells the etag',
    async (ifMatch) => {
      const shelf = new Shelf();
      shelf.put();
      await expect(change(shelf, ifMatch)).rejects.toThrow('etag is now "1"');
      expect(shelf.get().revision).toBe(1);
    },
  );

  it('never overwrites another one that was faster: of ten with one etag, one goes through', async () => {
    const shelf = new Shelf();
    shelf.put();
    const all = await Promise.allSettled(Array.from({ length: 10 }, () => change(shelf, '"1"')));
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(all.flatMap((one) => (one.status === 'rejected' ? one.reason.code : []))).toEqual(
      Array(9).fill('precondition_failed'),
    );
  });

  it('without an etag waits for its turn: all of ten go through', async () => {
    const shelf = new Shelf();
    shelf.put();
    await Promise.all(Array.from({ length: 10 }, () => change(shelf)));
    expect(shelf.get().revision).toBe(11);
  });

  it.each<Status>(['deleted', 'rejected', 'aborted', 'expired'])(
    'of a %s file is refused',
    async (status) => {
      const shelf = new Shelf();
      shelf.put({ status, accounting: status === 'deleted' ? 'used' : 'none' });
      await expect(change(shelf)).rejects.toEqual(withCode('upload_state_conflict'));
      await expect(moveFile(shelf.changing, alice, F1, { newPath: '/a' })).rejects.toEqual(
        withCode('upload_state_conflict'),
      );
    },
  );

  it('by a colleague meets no file, with any etag; by an admin it goes through', async () => {
    const shelf = new Shelf();
    shelf.put();
    for (const ifMatch of [undefined, '*', '"1"', '"9"']) {
      const target = { ...F1, ifMatch };
      await expect(setTags(shelf.changing, bob, target, { tags: [] })).rejects.toEqual(withCode('not_found'));
    }
    await setTags(shelf.changing, admin, F1, { tags: ['by admin'] });
    expect(shelf.table.events[0]?.actor.userId).toBe('root');
  });
});

describe('a legal hold', () => {
  it('is for admins; its reason, who and since when are on the file', async () => {
    const shelf = new Shelf();
    shelf.put();
    const hold = { hold: true, reason: 'case 12' };
    await expect(setLegalHold(shelf.changing, alice, F1, hold)).rejects.toEqual(withCode('forbidden'));
    await expect(setLegalHold(shelf.changing, bob, F1, hold)).rejects.toEqual(withCode('not_found'));
    await expect(setLegalHold(shelf.changing, admin, F1, { hold: true })).rejects.toEqual(
      withCode('validation_failed'),
    );
    const held = await setLegalHold(shelf.changing, admin, F1, hold);
    expect(held.legalHold).toEqual({ reason: 'case 12', since: shelf.at, by: 'root' });
    expect((await setLegalHold(shelf.changing, admin, F1, hold)).revision).toBe(held.revision);
    expect(await setLegalHold(shelf.changing, admin, F1, { hold: false })).not.toHaveProperty('legalHold');
  });

  it('lets tags change and the file move: it is about its content', async () => {
    const shelf = new Shelf();
    shelf.put({ legalHold: { reason: 'r', since: shelf.at, by: 'root' } });
    await setTags(shelf.changing, alice, F1, { tags: ['x'] });
    await moveFile(shelf.changing, alice, F1, { newPath: '/a' });
    expect(shelf.get()).toMatchObject({ path: '/a', tags: ['x'], legalHold: { reason: 'r' } });
  });
});
