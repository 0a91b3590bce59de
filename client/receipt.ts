import type { PublicKeySet, Receipt, SignedReceipt } from './api-types.ts';
import { Crc, type CrcName } from './crc.ts';
import { SluiceError } from './sluice-error.ts';

const TYPE = 'sluice-receipt+jws';
const SCHEMA_VERSION = 1;
/** Of ES256: r and s. */
const SIGNATURE_BYTES = 64;
/** WebCrypto digests what is in memory as a whole. */
export const MAX_DIGEST_BYTES: number = 1024 ** 3;

/**
 * What a receipt says, once its signature is known to be by one of these keys. Asks nobody: `keys` is what
 * `GET /public/keys` answered, kept where nobody who could change the receipt can change it.
 * @param signed the API's whole answer, whose `receipt` must then be what was signed; or its `jws` alone
 * @throws SluiceError `receipt_invalid` with the reason
 */
export async function verifyReceipt(
  signed: SignedReceipt | string,
  keys: Pick<PublicKeySet, 'keys'>,
): Promise<Receipt> {
  const jws = typeof signed === 'string' ? signed : signed.jws;
  const [, header = '', payload = '', signature = ''] = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/.exec(jws) ?? [];
  const { alg, typ, kid, crit } = objectIn(header, 'header');
  if (alg !== 'ES256' || typ !== TYPE || crit !== undefined) throw invalid('It is no receipt of Sluice.');
  const key = keys.keys.find((each) => each.kid === kid);
  if (!key) throw invalid(`The key ${String(kid)} that it names is not among the public keys.`);
  if (!(await isSigned(key, `${header}.${payload}`, bytesOf(signature)))) {
    throw invalid('The signature does not hold: the receipt was changed, or somebody else signed it.');
  }
  const receipt = objectIn(payload, 'payload');
  if (receipt.schemaVersion !== SCHEMA_VERSION) {
    throw invalid(`It has version ${String(receipt.schemaVersion)} of receipts: use a newer client.`);
  }
  if (typeof signed !== 'string' && (signed.keyId !== kid || !isSame(signed.receipt, receipt))) {
    throw invalid('What is to be read in it is not what was signed.');
  }
  return receipt as unknown as Receipt;
}

/**
 * Whether these are the bytes of the receipt, by every checksum that it has.
 * @returns the algorithms that agree; of SHA256 alone they also prove it against somebody who chose the bytes
 * @throws SluiceError `content_differs`, or `content_unverifiable` where no checksum can be compared
 */
export async function verifyContent(
  { size, checksums }: Pick<Receipt, 'size' | 'checksums'>,
  content: Blob,
): Promise<readonly string[]> {
  if (content.size !== size) {
    throw differs(`The receipt is of ${size} bytes, and these are ${content.size}.`);
  }
  const actual: Record<string, string> = {
    ...(checksums.SHA256 !== undefined && size <= MAX_DIGEST_BYTES && { SHA256: await sha256Of(content) }),
    ...(await crcsOf(
      content,
      crcNames.filter((name) => checksums[name] !== undefined),
    )),
  };
  const compared = Object.keys(actual);
  for (const name of compared) {
    if (actual[name] !== checksums[name]) throw differs(`The ${name} of these bytes is another one.`);
  }
  if (compared.length === 0) {
    throw new SluiceError({
      status: 0,
      code: 'content_unverifiable',
      detail: 'The receipt has no checksum that can be compared with bytes of this size.',
    });
  }
  return compared;
}

/** base64, as S3 and the API have it. */
export async function sha256Of(content: Blob): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', await content.arrayBuffer());
  return btoa(String.fromCharCode(...new Uint8Array(digest)));
}

const crcNames: readonly CrcName[] = ['CRC64NVME', 'CRC32'];

async function crcsOf(content: Blob, names: readonly CrcName[]): Promise<Record<string, string>> {
  if (names.length === 0) return {};
  const crcs = names.map((name) => ({ name, crc: new Crc(name) }));
  const reader = content.stream().getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    for (const { crc } of crcs) crc.update(next.value);
  }
  return Object.fromEntries(crcs.map(({ name, crc }) => [name, crc.base64()]));
}

async function isSigned(
  { kty, crv, x, y }: PublicKeySet['keys'][number],
  input: string,
  signature: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  if (signature.length !== SIGNATURE_BYTES) return false;
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const key = await crypto.subtle
    .importKey('jwk', { kty, crv, x, y }, algorithm, false, ['verify'])
    .catch((cause: unknown) => {
      throw invalid('The public key that it names is none for ES256.', cause);
    });
  return crypto.subtle.verify(algorithm, key, signature, new TextEncoder().encode(input));
}

/** Strict: of the spellings that mean the same bytes only the one that an encoder writes, or a changed text would pass. */
function bytesOf(base64Url: string): Uint8Array<ArrayBuffer> {
  try {
    const text = atob(base64Url.replaceAll('-', '+').replaceAll('_', '/'));
    const again = btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
    if (again === base64Url) return Uint8Array.from(text, (character) => character.charCodeAt(0));
  } catch {
    // Falls through: not even base64.
  }
  throw invalid('It is no JWS: a part of it is not base64url.');
}

function objectIn(base64Url: string, what: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytesOf(base64Url)));
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch (cause) {
    if (cause instanceof SluiceError) throw cause;
  }
  throw invalid(`It is no JWS: its ${what} is not JSON.`);
}

/** Equal as JSON, whatever the order of fields. */
function isSame(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const [inA, inB] = [Object.entries(a), new Map(Object.entries(b))];
  return (
    inA.length === inB.size && inA.every(([name, value]) => inB.has(name) && isSame(value, inB.get(name)))
  );
}

const invalid = (detail: string, cause?: unknown): SluiceError =>
  new SluiceError({ status: 0, code: 'receipt_invalid', detail, cause });

const differs = (detail: string): SluiceError =>
  new SluiceError({ status: 0, code: 'content_differs', detail });
