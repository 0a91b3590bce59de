import type { FileRef } from './file.ts';
import type { ContentHolders } from './shared-content.ts';
import { type Infection, type WithdrawDeps, withdrawContent } from './withdraw.ts';

export interface WithdrawSharedDeps extends WithdrawDeps {
  readonly contents: ContentHolders;
}

/**
 * Takes a content that was found infected away from every file that has it, each by a change of its own; `ref` is the
 * file that it was found with, or below whose keys it lies. First nobody comes to it any more. Doing it again goes on
 * with those who are left. @returns whether any file had it
 */
export async function withdrawFromAll(
  deps: WithdrawSharedDeps,
  { tenantId, fileId }: FileRef,
  libraryVersionId: string,
  infection: Infection,
): Promise<boolean> {
  const content = await deps.contents.contentIn(tenantId, libraryVersionId);
  if (content) await deps.contents.closeContent(content);
  const holders = content ? await deps.contents.holders(content) : [];
  let any = false;
  for (const holder of new Set([...holders, fileId])) {
    const withdrawn = await withdrawContent(deps, { tenantId, fileId: holder }, libraryVersionId, infection);
    any ||= withdrawn !== undefined;
  }
  return any;
}
