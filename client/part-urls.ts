import type { PartTarget } from './api-types.ts';

/** A URL is replaced when it has less than this left: the PUT must have begun before it ends. */
export const URL_MARGIN_MS = 30_000;
/** Asked for in one call when fresh ones are needed; small enough that they do not grow old before their turn. */
export const URL_BATCH = 50;

export interface PartUrlSource {
  /** The server's clock, milliseconds. */
  serverNow(): number;
  partUrls(
    fileId: string,
    partNumbers: readonly number[],
    signal?: AbortSignal,
  ): Promise<readonly PartTarget[]>;
}

/** The presigned URLs of one upload: hands one out per part, and gets new ones in batches when they are missing or old. */
export class PartUrls {
  readonly #targets = new Map<number, PartTarget>();
  readonly #source: PartUrlSource;
  readonly #fileId: string;
  #fetching: Promise<void> = Promise.resolve();

  constructor(source: PartUrlSource, fileId: string, known: readonly PartTarget[]) {
    this.#source = source;
    this.#fileId = fileId;
    for (const target of known) this.#targets.set(target.partNumber, target);
  }

  /** @param upcoming parts that will be wanted next; they are asked for in the same call if they have no good URL. */
  async take(partNumber: number, upcoming: readonly number[], signal: AbortSignal): Promise<PartTarget> {
    const known = this.#usable(partNumber);
    if (known) return known;
    // One call at a time: what the call before brought may already hold this part.
    const turn = this.#fetching.then(() => this.#fetchUnlessKnown(partNumber, upcoming, signal));
    this.#fetching = turn.then(
      () => undefined,
      () => undefined,
    );
    return turn;
  }

  /** S3 refused it, whatever its expiry says. */
  drop(partNumber: number): void {
    this.#targets.delete(partNumber);
  }

  async #fetchUnlessKnown(
    partNumber: number,
    upcoming: readonly number[],
    signal: AbortSignal,
  ): Promise<PartTarget> {
    const known = this.#usable(partNumber);
    if (known) return known;
    const others = upcoming.filter((other) => other !== partNumber && !this.#usable(other));
    const wanted = [partNumber, ...others.slice(0, URL_BATCH - 1)];
    for (const target of await this.#source.partUrls(this.#fileId, wanted, signal)) {
      this.#targets.set(target.partNumber, target);
    }
    const fresh = this.#targets.get(partNumber);
    if (!fresh) throw new Error(`The server gave no URL for part ${partNumber}.`);
    // Used even when it looks old: it is the newest there is, and S3 has the last word.
    return fresh;
  }

  #usable(partNumber: number): PartTarget | undefined {
    const target = this.#targets.get(partNumber);
    if (!target) return undefined;
    return Date.parse(target.expiresAt) - this.#source.serverNow() > URL_MARGIN_MS ? target : undefined;
  }
}
