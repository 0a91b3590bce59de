import { describe, expect, it } from 'vitest';
import type { RouteName } from '../../lambdas/contract/routes.ts';
import { errors } from '../../lambdas/core/errors.ts';
import type { AccessEvent } from '../../lambdas/core/files/event.ts';
import type { FileRecord } from '../../lambdas/core/files/file.ts';
import { about, audited } from '../../lambdas/runtime/audited.ts';
import { httpRequest } from '../../lambdas/runtime/http-request.ts';
import { noContent, ok } from '../../lambdas/runtime/http-response.ts';
import { caller, file } from '../support/domain.ts';
import { httpEvent } from '../support/events.ts';

const fileId = '01JD5S3Y8K0000000000000000';

interface Situation {
  readonly route?: RouteName;
  readonly level?: 'minimal' | 'standard' | 'full';
  readonly role?: 'user' | 'admin';
  readonly file?: Partial<FileRecord>;
  readonly refusedBy?: Error;
  readonly id?: string;
  readonly broken?: boolean;
}

async function answer(situation: Situation = {}) {
  const { route = 'fileUrl', level = 'standard', role = 'user', id = fileId } = situation;
  const recorded: AccessEvent[] = [];
  const audit = {
    now: () => '2026-11-20T12:00:00.000Z',
    newId: () => 'E1',
    record: async (event: AccessEvent) => {
      if (situation.broken) throw new Error('the table is away');
      recorded.push(event);
    },
  };
  const request = httpRequest(httpEvent(route, { path: { id } }), route);
  const base = caller();
  const asking = {
    ...base,
    policy: { ...base.policy, auditLevel: level },
    actor: { kind: 'user' as const, userId: base.userId, role },
  };
  const response = await audited(audit, request, asking, async () => {
    if (situation.refusedBy) throw situation.refusedBy;
    return situation.file ? about(file({ fileId, ...situation.file }), ok({})) : noContent();
  }).catch((error) => error);
  return { recorded, response };
}

describe('what is recorded before an answer leaves', () => {
  it('a download, with whose file it is and how sensitive', async () => {
    const { recorded } = await answer({ file: { ownerId: 'bob', sensitivity: 'restricted' }, role: 'admin' });

    expect(recorded).toEqual([
      expect.objectContaining({
        type: 'access.download',
        fileId,
        ownerId: 'bob',
        data: { operation: 'download', route: 'fileUrl', via: 'admin', sensitivity: 'restricted' },
      }),
    ]);
  });

  it.each([
    ['fileUrl', 'minimal', []],
    ['fileUrl', 'standard', ['access.download']],
    ['fileUrl', 'full', ['access.download']],
    ['getFile', 'minimal', []],
    ['getFile', 'standard', []],
    ['getFile', 'full', ['access.read']],
    ['deleteFile', 'full', []],
    ['heartbeat', 'full', []],
  ] as const)('of %s at the level %s: %j', async (route, level, types) => {
    const { recorded } = await answer({ route, level });
    expect(recorded.map(({ type }) => type)).toEqual(types);
  });

  it('a refusal with its code and what was asked for, except at the level minimal', async () => {
    const refusedBy = errors.forbidden('no');
    const { recorded, response } = await answer({ route: 'deleteFile', refusedBy });

    expect(response).toBe(refusedBy);
    expect(recorded).toEqual([
      expect.objectContaining({
        type: 'access.refused',
        fileId,
        data: { operation: 'delete', route: 'deleteFile', code: 'forbidden' },
      }),
    ]);
    expect((await answer({ level: 'minimal', refusedBy })).recorded).toEqual([]);
  });

  it('nothing where nothing was there, or where we failed', async () => {
    expect((await answer({ refusedBy: errors.notFound('file') })).recorded).toEqual([]);
    expect((await answer({ refusedBy: new Error('bug') })).recorded).toEqual([]);
  });

  it('no text of the caller in the place of an id', async () => {
    const { recorded } = await answer({ refusedBy: errors.legalHold(), id: '<script>' });
    expect(recorded[0]).not.toHaveProperty('fileId');
  });

  it('or the answer does not leave', async () => {
    const { response } = await answer({ file: {}, broken: true });
    expect(response).toMatchObject({ code: 'storage_unavailable', status: 503 });
  });
});
