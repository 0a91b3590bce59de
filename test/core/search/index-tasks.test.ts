import { expect, it } from 'vitest';
import { indexTasks } from '../../../lambdas/core/search/index-files.ts';
import type { DocumentChange } from '../../../lambdas/core/search/ports.ts';

it('takes the files that changed first, and then forgets each tenant that was erased, once', async () => {
  const done: string[] = [];
  const deps = {
    index: {
      update: async (tenantId: string, changes: readonly DocumentChange[]) =>
        void done.push(`${tenantId} ${changes.map(({ fileId }) => fileId).join()}`),
      forget: async (tenantId: string) => void done.push(`forget ${tenantId}`),
    },
    files: async () => [],
    text: async () => '',
    textMaxCharacters: 100,
  };
  await indexTasks(deps, [
    { erasedTenantId: 'globex' },
    { tenantId: 'globex', fileId: 'G1' },
    { tenantId: 'acme', fileId: 'F1' },
    { erasedTenantId: 'globex' },
  ]);
  expect(done).toEqual(['globex G1', 'acme F1', 'forget globex']);
});
