const offset = 0xcbf29ce484222325n;
const prime = 0x100000001b3n;

/**
 * 64 bits as 16 hexadecimal digits that stand for a description in a name (FNV-1a over UTF-8). Not for secrets: who
 * looks for two descriptions of one name finds them, and has confused renditions of a file of their own.
 */
export function hashName(description: string): string {
  let hash = offset;
  for (const byte of new TextEncoder().encode(description)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * prime);
  }
  return hash.toString(16).padStart(16, '0');
}
