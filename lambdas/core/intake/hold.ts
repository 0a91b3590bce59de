import { move } from '../files/change.ts';
import { commitChange } from '../files/commit.ts';
import type { Examined, FileRecord, Hold } from '../files/file.ts';
import type { FileStore } from '../ports.ts';
import { addSeconds } from '../time.ts';
import type { IntakeVersion } from './inspect.ts';

export interface HoldBounds {
  /** How long a file may be held before it ends as unscannable. */
  readonly heldSeconds: number;
  readonly heldRetryMinSeconds: number;
  readonly heldRetryMaxSeconds: number;
}

export interface HoldDeps {
  readonly store: Pick<FileStore, 'file' | 'commit'>;
  readonly bounds: HoldBounds;
  readonly now: () => string;
  readonly newId: () => string;
  readonly random: () => number;
}

/**
 * Holds a file under inspection: not readable, not lost. One that waits for the scanner is looked at again by the sweep,
 * one that no scanner can judge only at its end.
 */
export const holdFile = (
  deps: HoldDeps,
  version: IntakeVersion,
  why: Hold['why'],
  examined?: Examined,
): Promise<FileRecord | undefined> =>
  commitChange(deps.store, version, (file) => {
    if (file?.status !== 'inspecting' || file.intakeVersionId !== version.versionId) return undefined;
    const at = deps.now();
    const { since = at, tries = 0 } = file.hold ?? {};
    const hold = { why, since, tries: tries + 1 };
    return move(file, 'held', {
      at,
      eventId: deps.newId(),
      set: { hold, ...(examined && { examined }) },
      data: { why },
      dueAt: retryAt(deps, hold),
    });
  });

/** When a held file's end has come. */
export const heldUntil = ({ since }: Hold, { heldSeconds }: HoldBounds): string =>
  addSeconds(since, heldSeconds);

/** Exponential with full jitter above the least, so that what a scanner left behind does not come back at once. */
export function retryAt({ bounds, now, random }: Omit<HoldDeps, 'store' | 'newId'>, hold: Hold): string {
  const end = heldUntil(hold, bounds);
  if (hold.why === 'unscannable') return end;
  const { heldRetryMinSeconds: min, heldRetryMaxSeconds: max } = bounds;
  const ceiling = Math.min(max, min * 2 ** hold.tries);
  const next = addSeconds(now(), Math.round(min + random() * (ceiling - min)));
  return next < end ? next : end;
}
