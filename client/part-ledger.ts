import type { CompletedPart, StoredParts } from './api-types.ts';
import { missingParts, type PartPlan } from './part-plan.ts';
import { addSample, type Estimate, estimate, type ProgressSample } from './progress.ts';

/** What of one file is in S3, what is on its way, and how fast that goes. */
export class PartLedger {
  /** ETag of each part that is in S3; undefined where the browser was not let see it. */
  readonly #done = new Map<number, string | undefined>();
  readonly #inFlight = new Map<number, number>();
  #doneBytes = 0;
  #samples: readonly ProgressSample[] = [];

  get partsDone(): number {
    return this.#done.size;
  }

  /** A bucket whose CORS rule hides ETag leaves gaps that only S3's own list fills. */
  get lacksEtags(): boolean {
    return [...this.#done.values()].includes(undefined);
  }

  uploadedBytes(): number {
    let bytes = this.#doneBytes;
    for (const sent of this.#inFlight.values()) bytes += sent;
    return bytes;
  }

  estimate(totalBytes: number, nowMs: number): Estimate {
    return estimate(this.#samples, totalBytes, nowMs);
  }

  partProgress(partNumber: number, sentBytes: number, nowMs: number): void {
    this.#inFlight.set(partNumber, sentBytes);
    this.#sample(nowMs);
  }

  partDone(partNumber: number, size: number, etag: string | undefined, nowMs: number): void {
    this.#inFlight.delete(partNumber);
    this.#done.set(partNumber, etag);
    this.#doneBytes += size;
    this.#sample(nowMs);
  }

  /** A run begins: speed is measured from here on. */
  begin(nowMs: number): void {
    this.#samples = [];
    this.#sample(nowMs);
  }

  /** A run ended: what was on its way is lost. */
  end(): void {
    this.#inFlight.clear();
  }

  /** S3's own list takes the place of what was believed. */
  learn(stored: StoredParts, plan: PartPlan): void {
    this.forget();
    const missing = new Set(missingParts(plan, stored.parts));
    for (const part of stored.parts) {
      if (missing.has(part.partNumber)) continue;
      this.#done.set(part.partNumber, part.etag);
      this.#doneBytes += part.size;
    }
  }

  missing(totalParts: number): number[] {
    const all = Array.from({ length: totalParts }, (_, index) => index + 1);
    return all.filter((partNumber) => !this.#done.has(partNumber));
  }

  completedParts(): CompletedPart[] {
    return [...this.#done]
      .sort(([a], [b]) => a - b)
      .map(([partNumber, etag]) => ({ partNumber, etag: etag ?? '' }));
  }

  forget(): void {
    this.#done.clear();
    this.#inFlight.clear();
    this.#doneBytes = 0;
  }

  #sample(nowMs: number): void {
    this.#samples = addSample(this.#samples, { atMs: nowMs, bytes: this.uploadedBytes() });
  }
}
