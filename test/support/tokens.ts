import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto';
import { glob, readFile } from 'node:fs/promises';
import { defaultStackDir } from '../../local/paths.ts';

export type Claims = Record<string, unknown>;

export interface Jwt {
  readonly header: Claims;
  readonly claims: Claims;
  readonly signature: string;
}

const encode = (part: Claims): string => Buffer.from(JSON.stringify(part)).toString('base64url');
const decode = (part: string): Claims => JSON.parse(Buffer.from(part, 'base64url').toString());

export function readJwt(token: string): Jwt {
  const [header = '', claims = '', signature = ''] = token.split('.');
  return { header: decode(header), claims: decode(claims), signature };
}

/** As it is: with a signature made of it before, or by hand. */
export const writeJwt = ({ header, claims, signature }: Jwt): string =>
  `${encode(header)}.${encode(claims)}.${signature}`;

type Hash = 'sha256' | 'sha512';

/** Signed by an RSA key, whatever the header says of it. */
export function signJwt(header: Claims, claims: Claims, key: KeyObject, hash: Hash = 'sha256'): string {
  const text = `${encode(header)}.${encode(claims)}`;
  return `${text}.${sign(hash, Buffer.from(text), key).toString('base64url')}`;
}

/** Signed by a shared secret, as HS256 asks for. */
export function macJwt(header: Claims, claims: Claims, secret: string): string {
  const text = `${encode(header)}.${encode(claims)}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

/** The private key by which the local engine signs a pool's access tokens. On AWS nobody has it. */
export async function poolKey(userPoolId: string): Promise<KeyObject> {
  const pattern = `${defaultStackDir}{,/*}/state/cognito-pool-keys/${userPoolId}-access.pem`;
  for await (const path of glob(pattern)) return createPrivateKey(await readFile(path));
  throw new Error(`The engine keeps no key of the pool ${userPoolId} below ${defaultStackDir}.`);
}

export const publicPem = (key: KeyObject): string =>
  createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();

export const foreignKey = (): KeyObject => generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey;
