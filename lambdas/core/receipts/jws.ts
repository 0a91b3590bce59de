import { canonical } from '../audit/canonical.ts';

/** Signs the UTF-8 of a text by ECDSA P-256 over SHA-256; the signature is r and s of 32 bytes each (RFC 7518, 3.4). */
export interface Es256Signer {
  readonly keyId: string;
  sign(text: string): Promise<Uint8Array>;
}

/** Tells a receipt from any other JWS that the same key might come to sign (RFC 8725, 3.11). */
const type = 'sluice-receipt+jws';

/** A JWS in compact serialization (RFC 7515) of the payload's canonical JSON (RFC 8785). */
export async function signedJws(signer: Es256Signer, payload: unknown): Promise<string> {
  const header = { alg: 'ES256', kid: signer.keyId, typ: type };
  const input = `${base64Url(utf8(canonical(header)))}.${base64Url(utf8(canonical(payload)))}`;
  return `${input}.${base64Url(await signer.sign(input))}`;
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

const base64Url = (bytes: Uint8Array): string =>
  btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
