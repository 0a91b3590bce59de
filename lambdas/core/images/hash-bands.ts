/**
 * How pictures that look alike are found without comparing all: a hash is cut into five bands, and a file is noted under each
 * band's value. Of two hashes that differ in 9 bits, one band at least differs in one bit or none (pigeonhole), so whoever
 * asks for the five values of a hash and for their neighbours of one bit finds every file within 9 bits, with 69 queries.
 *
 * Five bands: of n files one value holds n / 8,192. At 20,000 files those are 200 entries in all, at a million 10,000, which
 * is 1.5 MB. Four bands would read less and find 7 bits, which a crop by 4 % exceeds; six would find 11, and read 45,000
 * entries of a million.
 */
const bandBits = [13, 13, 13, 13, 12] as const;

/** The distance up to which nothing is missed. */
export const maxBandedDistance = 2 * bandBits.length - 1;

/** Up to here equal bands are enough. */
const maxEqualDistance = bandBits.length - 1;

export interface HashBand {
  /** From 0. */
  readonly band: number;
  /** Four hexadecimal digits. */
  readonly value: string;
}

/** Where a file with this hash is noted: one entry for each band. */
export const bandsOf = (hash: string): readonly HashBand[] =>
  valuesOf(hash).map((value, band) => ({ band, value: hexOf(value) }));

/** Under which values every file within `maxDistance` bits of the hash is found; `maxBandedDistance` at most. */
export function bandsWithin(hash: string, maxDistance: number): readonly HashBand[] {
  if (maxDistance <= maxEqualDistance) return bandsOf(hash);
  return valuesOf(hash).flatMap((value, band) => {
    const neighbours = Array.from({ length: bandBits[band] ?? 0 }, (_, bit) => value ^ (1 << bit));
    return [value, ...neighbours].map((near) => ({ band, value: hexOf(near) }));
  });
}

function valuesOf(hash: string): readonly number[] {
  let rest = BigInt(`0x${hash}`);
  return bandBits.map((bits) => {
    const value = Number(BigInt.asUintN(bits, rest));
    rest >>= BigInt(bits);
    return value;
  });
}

const hexOf = (value: number): string => value.toString(16).padStart(4, '0');
