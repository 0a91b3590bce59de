/** Of ECDSA P-256: r and s are numbers of this many bytes each. */
const numberBytes = 32;

/**
 * A signature as KMS gives it, DER of SEQUENCE {INTEGER r, INTEGER s}, as JWS has it: r and s one after the other, each
 * padded to 32 bytes (RFC 7518, 3.4). DER drops a number's leading zeros, and adds one where it would look negative.
 * @throws Error for anything else
 */
export function rawSignature(der: Uint8Array): Uint8Array {
  // P-256 never needs more than 72 bytes: each length is one byte.
  if (der[0] !== 0x30 || der[1] !== der.length - 2) throw malformed();
  const [r, afterR] = integerAt(der, 2);
  const [s, end] = integerAt(der, afterR);
  if (end !== der.length) throw malformed();
  const raw = new Uint8Array(2 * numberBytes);
  raw.set(r, numberBytes - r.length);
  raw.set(s, 2 * numberBytes - s.length);
  return raw;
}

/** The number's bytes without leading zeros, and where it ends. */
function integerAt(der: Uint8Array, at: number): [bytes: Uint8Array, end: number] {
  const length = der[at + 1] ?? 0;
  const end = at + 2 + length;
  if (der[at] !== 0x02 || length === 0 || end > der.length) throw malformed();
  const bytes = der.subarray(at + 2, end);
  const first = bytes.findIndex((byte) => byte !== 0);
  const significant = first < 0 ? bytes.subarray(length) : bytes.subarray(first);
  if (significant.length > numberBytes) throw malformed();
  return [significant, end];
}

const malformed = (): Error => new Error('KMS answered with something that is no ECDSA P-256 signature');
