import { errors } from '../errors.ts';
import type { FileRef } from './file.ts';

/**
 * Links that open something of a file to whoever has them, for a while, without a sign-in: what an `<img>` or a player
 * needs, which send no bearer. A link is a request that carries its own permission: everything that decides what it opens
 * is in what is signed.
 */
export interface LinkTarget extends FileRef {
  /** What the link opens. A signature for one purpose is none for another. */
  readonly purpose: 'image' | 'stream';
  /** Everything else that the request says, as it stands in the query. */
  readonly params: Readonly<Record<string, string>>;
}

export interface LinkProof {
  /** Seconds since 1970. */
  readonly expires: number;
  readonly signature: string;
}

/** Signs by a key of the day on which the link ends (ISO date, UTC), so that no key signs for long. */
export interface LinkKeys {
  sign(day: string, text: string): Promise<string>;
  /** In a time that tells nothing of the right signature. */
  verify(day: string, text: string, signature: string): Promise<boolean>;
}

export interface LinkDeps {
  readonly keys: LinkKeys;
  readonly now: () => string;
  /** The longest life that a link may have. */
  readonly maxSeconds: number;
}

/** A link lives for `seconds`, or up to this part of them less. */
const windowsPerLife = 4;

/**
 * Ends rounded down, so that whoever asks again within a window gets the very same link, which a browser's cache then knows.
 */
export async function signLink(deps: LinkDeps, target: LinkTarget, seconds: number): Promise<LinkProof> {
  const windowSeconds = Math.max(1, Math.floor(seconds / windowsPerLife));
  const expires = Math.floor((epochSeconds(deps.now()) + seconds) / windowSeconds) * windowSeconds;
  return { expires, signature: await deps.keys.sign(dayOf(expires), signedText(target, expires)) };
}

/**
 * That this API gave out exactly this link and that it has not ended. Of the file it says nothing: that is decided anew by
 * who opens it.
 * @throws forbidden
 */
export async function checkLink(deps: LinkDeps, target: LinkTarget, proof: LinkProof): Promise<void> {
  const { expires, signature } = proof;
  const now = epochSeconds(deps.now());
  // Times beyond what is ever signed are refused before a key is made for their day.
  if (expires <= now || expires > now + deps.maxSeconds) throw errors.linkRefused();
  const isRight = await deps.keys.verify(dayOf(expires), signedText(target, expires), signature);
  if (!isRight) throw errors.linkRefused();
}

/** JSON keeps every part apart from the next, whatever they hold. */
function signedText({ purpose, tenantId, fileId, params }: LinkTarget, expires: number): string {
  const sorted = Object.entries(params).sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([purpose, tenantId, fileId, sorted, expires]);
}

const epochSeconds = (time: string): number => Math.floor(Date.parse(time) / 1000);

const dayOf = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 10);
