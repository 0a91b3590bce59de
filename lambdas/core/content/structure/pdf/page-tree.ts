/** References kept in all; a tree of more pages than this is not looked at any further. */
const maxKids = 1_000_000;

/** The nodes of the page tree by their object numbers; of two with one number the later in the file counts. */
export class PageTree {
  readonly #kids = new Map<number, readonly number[]>();
  #count = 0;

  get isFull(): boolean {
    return this.#count >= maxKids;
  }

  add(node: number, kids: readonly number[]): void {
    this.#count += kids.length;
    this.#kids.set(node, kids);
  }

  /** A node that is its own descendant: nobody can number the pages of such a tree. */
  hasLoop(): boolean {
    const done = new Set<number>();
    for (const root of this.#kids.keys()) {
      if (!done.has(root) && this.#loopsFrom(root, done)) return true;
    }
    return false;
  }

  #loopsFrom(root: number, done: Set<number>): boolean {
    const path = [{ node: root, next: 0 }];
    const above = new Set([root]);
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const kid = this.#kids.get(top.node)?.[top.next];
      top.next += 1;
      if (kid === undefined) {
        above.delete(top.node);
        done.add(top.node);
        path.pop();
      } else if (above.has(kid)) return true;
      else if (this.#kids.has(kid) && !done.has(kid)) {
        above.add(kid);
        path.push({ node: kid, next: 0 });
      }
    }
    return false;
  }
}
