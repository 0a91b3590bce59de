import { maxObjects } from './bounds.ts';
import { Judged } from './observations.ts';

/** Where a file's objects begin, of all its revisions that were read. Numbers only: there may be a million of them. */
export class Listed {
  /** Numbers of the streams that hold other objects. */
  readonly objectStreams = new Set<number>();
  /** Where the sections of the cross-reference itself begin. */
  readonly sections = new Set<number>();
  count = 0;
  #numbers = new Int32Array(1024);
  #offsets = new Float64Array(1024);

  add(number: number, offset: number): void {
    if (this.count >= maxObjects) {
      throw new Judged('bomb_suspected', `its cross-reference lists more than ${maxObjects} objects`);
    }
    if (this.count === this.#numbers.length) {
      const [numbers, offsets] = [new Int32Array(2 * this.count), new Float64Array(2 * this.count)];
      numbers.set(this.#numbers);
      offsets.set(this.#offsets);
      this.#numbers = numbers;
      this.#offsets = offsets;
    }
    this.#numbers[this.count] = number;
    this.#offsets[this.count] = offset;
    this.count += 1;
  }

  /** The objects' offsets in the order of the file, of sections none. */
  inOrder(size: number): Float64Array {
    return this.#offsets
      .slice(0, this.count)
      .filter((offset) => offset > 0 && offset < size && !this.sections.has(offset))
      .sort();
  }

  /** Where the object streams begin. */
  streamOffsets(): Set<number> {
    const found = new Set<number>();
    for (let index = 0; index < this.count; index += 1) {
      if (this.objectStreams.has(this.#numbers[index] as number)) found.add(this.#offsets[index] as number);
    }
    return found;
  }
}
