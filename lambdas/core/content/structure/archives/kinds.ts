import { hexOf } from './bytes.ts';
import type { ArchiveKind } from './looking.ts';

/** Enough of a file to tell which archive it is: a tar says so behind its first name. */
export const kindHeadBytes = 512;

const signatures: readonly (readonly [kind: ArchiveKind, at: number, hex: string])[] = [
  ['zip', 0, '504b0304'],
  ['zip', 0, '504b0506'],
  ['gzip', 0, '1f8b08'],
  ['tar', 257, '7573746172'],
  // 7z, RAR, bzip2 (its first block, or its end), XZ, Zstandard, CAB, lzip, LZ4, cpio, RPM, ACE.
  ['closed', 0, '377abcaf271c'],
  ['closed', 0, '526172211a07'],
  ['closed', 4, '314159265359'],
  ['closed', 4, '177245385090'],
  ['closed', 0, 'fd377a585a00'],
  ['closed', 0, '28b52ffd'],
  ['closed', 0, '4d53434600000000'],
  ['closed', 0, '4c5a4950'],
  ['closed', 0, '04224d18'],
  ['closed', 0, '303730373031'],
  ['closed', 0, '303730373037'],
  ['closed', 0, 'edabeedb'],
  ['closed', 7, '2a2a4143452a2a'],
];

/** By the first `kindHeadBytes` of a file. */
export function kindOf(head: Uint8Array): ArchiveKind | undefined {
  return signatures.find(([, at, hex]) => hexOf(head.subarray(at, at + hex.length / 2)) === hex)?.[0];
}

/** Names under which archives go, those of documents that are zips included. */
const archiveNames =
  /\.(?:zip|zipx|jar|war|ear|apk|aar|xpi|epub|nupkg|vsix|whl|(?:doc|dot)[xm]|(?:xls|xlt)[xm]|xlsb|xlam|(?:ppt|pot|pps)[xm]|vsd[xm]|od[tspgf]|ot[tspg]|tar|tgz|t[bx]z2?|gz|bz2|xz|zst|7z|rar)$/i;
/** Formats whose signature is too short, or too far in, to go by. */
const closedNames = /\.(?:iso|udf|dmg|vhdx?|vmdk|arj|lzh|lha|ace|cab|cpio|deb|rpm|lz|lzma|z)$/i;

export const isNamedArchive = (name: string): boolean => archiveNames.test(name);
export const isNamedClosed = (name: string): boolean => closedNames.test(name);
