import { thumbHashToDataURL } from 'thumbhash';

/** The blurred picture that a ThumbHash stands for, as the URL of a tiny PNG; undefined for what is none. */
export function placeholderUrl(thumbHash: string | undefined): string | undefined {
  if (thumbHash === undefined) return undefined;
  try {
    return thumbHashToDataURL(Uint8Array.from(atob(thumbHash), (character) => character.charCodeAt(0)));
  } catch {
    return undefined;
  }
}
