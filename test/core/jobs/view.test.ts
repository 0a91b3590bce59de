import { describe, expect, it } from 'vitest';
import { browseFolder } from '../../../lambdas/core/folders/browse.ts';
import { startJob } from '../../../lambdas/core/jobs/start-job.ts';
import { readJob } from '../../../lambdas/core/jobs/view.ts';
import { caller } from '../../support/domain.ts';
import { Workplace } from '../../support/working.ts';

const bob = caller({ user: { userId: 'bob' } });
const admin = caller({ user: { userId: 'carol', role: 'admin' } });
const foreign = caller({
  tenant: { tenantId: 'globex' },
  user: { tenantId: 'globex', userId: 'alice', role: 'root' },
});
const codeOf = (answer: Promise<unknown>) =>
  answer.then(
    () => 'ok',
    ({ code }) => code,
  );

describe('a job', () => {
  it('is seen by who asked for it and the admins of the tenant; to all others it does not exist', async () => {
    const { deps, alice } = new Workplace();
    const { jobId } = await startJob(deps, {
      tenantId: 'acme',
      ownerId: 'alice',
      actor: alice.actor,
      kind: 'files.move',
      params: { secret: 'of alice' },
    });
    const read = (who: typeof alice, id = jobId) => readJob(deps.jobs, who, id, { limit: 10 });

    expect(await read(alice)).toEqual(await read(admin));
    expect(JSON.stringify(await read(alice))).not.toContain('secret');
    for (const who of [bob, foreign]) {
      const refusal = await read(who).catch(({ code, message }) => ({ code, message }));
      expect(refusal).toEqual(await read(who, 'nowhere').catch(({ code, message }) => ({ code, message })));
    }
  });
});

describe("somebody's folders", () => {
  it('are listed for admins, and for a colleague as if there were none', async () => {
    const place = new Workplace();
    place.put('/mine/1');
    const browse = (who: typeof bob, path: string, owner?: string) =>
      browseFolder(place.deps, who, { path, limit: 10, ...(owner && { owner }) });

    expect(await browse(admin, '/mine', 'alice')).toMatchObject({ path: '/mine', files: 1 });
    expect(await browse(place.alice, '/', 'alice')).toMatchObject({ folders: [{ name: 'mine', files: 1 }] });
    expect(await codeOf(browse(bob, '/mine', 'alice'))).toBe('not_found');
    expect(await codeOf(browse(bob, '/', 'alice'))).toBe('not_found');
  });
});
