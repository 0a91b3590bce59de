/** From so many characters on, a word may have one mistake, or two. Shorter ones turn into other words. */
const oneFrom = 4;
const twoFrom = 8;

/** How many mistakes a word may have: none in a number, where every digit counts. */
export function allowedTypos(term: string): 0 | 1 | 2 {
  if (term.length < oneFrom || /^\p{N}+$/u.test(term)) return 0;
  return term.length < twoFrom ? 1 : 2;
}

/**
 * Letters that are missing, too many, wrong, or swapped with their neighbour, counted up to `max` (optimal string
 * alignment); undefined for more.
 */
export function typosBetween(one: string, other: string, max: number): number | undefined {
  if (Math.abs(one.length - other.length) > max) return undefined;
  let before: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row += 1) {
    const line = [row];
    let least = row;
    for (let column = 1; column <= other.length; column += 1) {
      const same = one[row - 1] === other[column - 1];
      let cost = Math.min(
        at(last, column) + 1,
        at(line, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
      );
      const swapped =
        row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      if (swapped) cost = Math.min(cost, at(before, column - 2) + 1);
      line.push(cost);
      if (cost < least) least = cost;
    }
    // Of two lines that are both beyond it nothing comes back.
    if (least > max && Math.min(...last) > max) return undefined;
    before = last;
    last = line;
  }
  const total = at(last, other.length);
  return total <= max ? total : undefined;
}

const at = (line: readonly number[], column: number): number => line[column] ?? Number.POSITIVE_INFINITY;
