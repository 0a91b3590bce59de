/** At most one write in so long: who watches asks no more often, and an encoder reports many times a second. */
const writeEveryMs = 3_000;

export interface EncodeProgress {
  /** Percent; never awaited. */
  report(percent: number): void;
  /** When what was to be written is written. */
  written(): Promise<void>;
}

/** Lets through what is more than before and not too soon after it. A percent that is lost matters to nobody. */
export function encodeProgress(
  write: (percent: number) => Promise<void>,
  nowMs: () => number,
): EncodeProgress {
  let highest = 0;
  let writtenAt = Number.NEGATIVE_INFINITY;
  let writing = Promise.resolve();
  return {
    report: (percent) => {
      const at = nowMs();
      if (percent <= highest || at - writtenAt < writeEveryMs) return;
      highest = percent;
      writtenAt = at;
      writing = writing.then(() => write(percent)).catch(() => undefined);
    },
    written: () => writing,
  };
}
