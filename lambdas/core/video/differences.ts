/** What is not as planned: an encoder's fault that nobody knew of, with what and by how much. */
export class OutputsDiffer extends Error {
  override readonly name = 'OutputsDiffer';
  readonly differences: readonly string[];

  constructor(differences: readonly string[]) {
    super(differences.join('; '));
    this.differences = differences;
  }
}

export type Differences = readonly string[];

/** One difference, where there is one. */
export const differs = (what: string, found: unknown, expected: unknown): Differences =>
  found === expected ? [] : [`${what} is ${String(found)}, not ${String(expected)}`];

/** Seconds, or whatever else is measured. */
export const differsBy = (what: string, found: number, expected: number, tolerance: number): Differences =>
  Math.abs(found - expected) <= tolerance
    ? []
    : [`${what} is ${rounded(found)}, not ${rounded(expected)} (± ${rounded(tolerance)})`];

const rounded = (value: number): number => Math.round(value * 1e6) / 1e6;
