import { ImageUnreadable } from '../../core/images/ports.ts';

/**
 * libvips' tolerance. `error` refuses truncated files and whatever a decoder calls an error, but lets warnings pass:
 * stray bytes between JPEG segments, odd PNG chunks and bad profiles are what real cameras, phones and editors write,
 * every viewer shows such pictures, and their owners expect a thumbnail. (`warning`, sharp's default, refuses them.)
 */
export const failOn = 'error';

/** Errors that say: out of time or memory, not: a bad picture. Those may be tried again. */
const machineErrors = /^timeout:|out of memory|unable to allocate/i;

/** libvips, libpng and libheif each have limits of their own, far above any bound of ours. */
const pixelErrors = /exceeds? .*limit|maximum supported image dimension/i;

/** What libheif says of an image item whose codec it was built without. */
const codecErrors = /unsupported (?:feature|codec|filetype)/i;

/** The ImageUnreadable that an error of sharp stands for; the error itself when the picture is not to blame. */
export function asUnreadable(error: unknown, source: Uint8Array): unknown {
  if (!(error instanceof Error) || error instanceof ImageUnreadable) return error;
  if (machineErrors.test(error.message)) return error;
  const message = error.message.replaceAll(/\s+/g, ' ').trim();
  return new ImageUnreadable(reasonOf(error.message, source), message, { cause: error });
}

function reasonOf(message: string, source: Uint8Array) {
  if (pixelErrors.test(message)) return 'pixels_exceeded';
  return codecErrors.test(message) || !hasKnownSignature(source) ? 'unsupported' : 'malformed';
}

/** Whether the file begins like a format that the decoder opens: then it is broken, not foreign. */
function hasKnownSignature(source: Uint8Array): boolean {
  // An AVIF may name its brand among the compatible ones only, behind the major brand `mif1`.
  const headBytes = 64;
  const head = Buffer.from(source.buffer, source.byteOffset, Math.min(source.byteLength, headBytes)).toString(
    'latin1',
  );
  return /^(?:\xff\xd8\xff|\x89PNG|GIF8|RIFF[\s\S]{4}WEBP|[\s\S]{4}ftyp[\s\S]*avi[fs])/.test(head);
}
