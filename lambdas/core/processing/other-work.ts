import { type ArchiveContents, listArchive } from '../content/structure/archives/list-archive.ts';
import { type ByteSource, type Inflate, ReadBudgetSpent } from '../content/structure/structure.ts';
import type { Details } from '../files/content-facts.ts';
import { firstCharacters } from './keep-text.ts';
import { type OriginalDeps, originalSource } from './original.ts';
import { skipped, type Work, type WorkResult } from './work.ts';

export interface OtherWorkDeps extends OriginalDeps {
  readonly inflate: Inflate;
}

/** Names of an archive that its record shows; the text has all of them. */
const shownNames = 100;
const shownNameCharacters = 200;

/** Archives: what they say of themselves. */
export const otherWork =
  (deps: OtherWorkDeps): Work<WorkResult> =>
  async (file, pending) => {
    const contents = await contentsOf(originalSource(deps, file), file.mimeType, deps.inflate);
    const unmade = skipped(pending, 'unsupported');
    if (!contents) return { facts: { media: {} }, made: [], unmade };
    const { names } = contents;
    return {
      facts: { media: {}, details: archiveDetails(contents) },
      ...(names.length > 0 && { text: names.join('\n') }),
      made: [],
      unmade,
    };
  };

const archiveDetails = ({ entries, unpackedBytes, names }: ArchiveContents): Details => ({
  entries,
  unpackedBytes,
  names: names.slice(0, shownNames).map((name) => firstCharacters(name, shownNameCharacters)),
});

/** Under whatever policy: what a tenant refuses has been refused before. */
const allowed = { svg: 'rasterize', activeContent: 'allow', encryptedContent: 'allow' } as const;

async function contentsOf(
  source: ByteSource,
  mimeType: string,
  inflate: Inflate,
): Promise<ArchiveContents | undefined> {
  try {
    return await listArchive(source, { mimeType, detected: { kind: 'unknown' }, rules: allowed, inflate });
  } catch (error) {
    if (error instanceof ReadBudgetSpent) return undefined;
    throw error;
  }
}
