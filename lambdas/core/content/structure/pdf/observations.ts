import type { Finding } from '../structure.ts';
import { maxNesting, maxObjects, maxWalkedBytes } from './bounds.ts';
import { PageTree } from './page-tree.ts';

/** Bytes can never make an inspection fail; what they are judged for is thrown to where the verdict is made. */
export class Judged extends Error {
  override readonly name = 'Judged';
  readonly reason: 'bomb_suspected' | 'malformed';

  constructor(reason: 'bomb_suspected' | 'malformed', detail: string) {
    super(detail);
    this.reason = reason;
  }
}

/** There is more structure than one look may cost. */
export class LookedEnough extends Error {
  override readonly name = 'LookedEnough';
}

/** What has been seen of a file so far. */
export class Observations {
  readonly findings = new Set<Finding>();
  readonly pages = new PageTree();
  /** Objects in the file and in object streams, of all its revisions. */
  objects = 0;
  /** A document's root is named, or there is an object that says it is one. */
  hasRoot = false;
  /** Why part of the structure could not be looked at. */
  unseen: string | undefined;
  /** Behind the last that belongs to the document. */
  endsAt = 0;
  unreadableStreams = 0;
  /** Of the object being walked, by depth: is it a dictionary, does a key come next, which paired keys it has. */
  readonly nesting = {
    isDict: new Uint8Array(maxNesting + 1),
    wantsKey: new Uint8Array(maxNesting + 1),
    paired: new Uint8Array(maxNesting + 1),
  };
  /** Objects that are nothing but a number, as the length of a stream may be. */
  readonly #numbers = new Map<number, number>();
  readonly #lengths: { readonly object: number; readonly usedBytes: number }[] = [];
  #walkedBytes = 0;

  walked(bytes: number): void {
    this.#walkedBytes += bytes;
    if (this.#walkedBytes > maxWalkedBytes) throw new LookedEnough();
  }

  counted(): void {
    this.objects += 1;
    if (this.objects > maxObjects) {
      throw new Judged('bomb_suspected', `it has more than ${maxObjects} objects`);
    }
  }

  number(object: number, value: number): void {
    this.#numbers.set(object, Math.max(value, this.#numbers.get(object) ?? 0));
  }

  /** A stream was taken to end where it says "endstream"; its length stands in an object that may come later. */
  lengthIn(object: number, usedBytes: number): void {
    this.#lengths.push({ object, usedBytes });
  }

  /** Once all is seen: what stood behind an "endstream" within the data has not been looked at. */
  checkLengths(): void {
    const isLonger = ({ object, usedBytes }: { object: number; usedBytes: number }) =>
      (this.#numbers.get(object) ?? 0) > usedBytes;
    if (this.#lengths.some(isLonger)) this.unseen ??= 'an object stream goes on behind its end';
  }
}
