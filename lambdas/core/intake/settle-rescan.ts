import type { FileRef, ScanMark } from '../files/file.ts';
import { type WithdrawDeps, withdrawContent } from '../files/withdraw.ts';
import type { ScanAnswer, ScannedVersion, ScannerBreaker } from './scanner.ts';

/** Notes on a content, the file's or a kept version's, that it passed a scan. Its record does not count as changed. */
export interface ScanMarks {
  /** Nothing where no content of the file has these bytes any more. */
  mark(content: ScannedVersion, mark: ScanMark): Promise<void>;
}

export interface SettleRescanDeps extends WithdrawDeps {
  readonly marks: ScanMarks;
  readonly breaker: ScannerBreaker;
}

export type RescanOutcome =
  | 'clean'
  | 'withdrawn'
  /** No content of the file has these bytes any more. */
  | 'ignored'
  /** The scanner could not tell. The content stays what it is: it was found clean once. */
  | 'unscannable'
  | 'unavailable';

/** Takes the answer of a scanner on a content that is stored, one version of a library object. */
export async function settleRescan(
  deps: SettleRescanDeps,
  { tenantId, fileId, versionId }: FileRef & { readonly versionId: string },
  answer: Exclude<ScanAnswer, { verdict: 'requested' }>,
): Promise<RescanOutcome> {
  if (answer.verdict === 'unavailable') {
    await deps.breaker.failed();
    return 'unavailable';
  }
  await deps.breaker.succeeded();
  const { engine, definitions } = answer;
  switch (answer.verdict) {
    case 'clean':
      await deps.marks.mark(
        { tenantId, fileId, versionId },
        { engine, at: deps.now(), ...(definitions && { definitions }) },
      );
      return 'clean';
    case 'infected': {
      const { threat } = answer;
      return (await withdrawContent(deps, { tenantId, fileId }, versionId, { engine, threat }))
        ? 'withdrawn'
        : 'ignored';
    }
    case 'unscannable':
      return 'unscannable';
  }
}
