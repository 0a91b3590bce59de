import { fileTypeFromBuffer } from 'file-type';
import { contentHeadBytes, type DetectContentType, type Detected } from '../../core/content/detected.ts';
import { sniffText } from '../../core/content/text.ts';

/**
 * Formats whose files may be nothing but text. Of any other format a head that is valid text from end to end is
 * text: several signatures are two or three letters, and a list that begins with "BMW", "GIFT" or "FORMAT" is neither
 * a bitmap nor an animation nor a sound.
 */
const textualFormats = new Set(['application/pdf', 'application/rtf', 'application/postscript']);

/** By the signatures of the `file-type` package, and by our own rules for text. */
export const detectContentType: DetectContentType = async (head) => {
  if (head.length === 0) return { kind: 'empty' };
  const magic = await signatureOf(head);
  const text = sniffText(head);
  // An 8-bit code page is what is left when nothing else fits, so any signature is stronger.
  if (text && !(magic && (text.encoding === '8-bit' || textualFormats.has(magic.mimeType)))) {
    return { kind: 'text', ...text };
  }
  return magic ?? (beginsLate(head) ? latePdf : { kind: 'unknown' });
};

const latePdf: Detected = { kind: 'magic', mimeType: 'application/pdf', extension: '.pdf' };

/** Viewers look for a PDF's header in the first 1,024 bytes; mail and printers leave theirs before it. */
const beginsLate = (head: Uint8Array): boolean =>
  Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 1024 + 4)).includes('%PDF-');

async function signatureOf(head: Uint8Array): Promise<Extract<Detected, { kind: 'magic' }> | undefined> {
  // Its parsers look into containers and may stumble over bytes made for it; no answer means that nothing is known.
  const found = await fileTypeFromBuffer(head).catch(() => undefined);
  if (!found) return tiffOf(head);
  const mimeType = (found.mime.split(';', 1)[0] ?? '').toLowerCase();
  const officeOpenXml = mimeType === 'application/zip' && isPackedLikeOffice(head);
  return { kind: 'magic', mimeType, extension: `.${found.ext}`, ...(officeOpenXml && { officeOpenXml }) };
}

/** Most writers put the directory of a TIFF behind its pixels, where `file-type` looks for it in vain. */
function tiffOf(head: Uint8Array): Extract<Detected, { kind: 'magic' }> | undefined {
  const signature = Buffer.from(head.subarray(0, 4)).toString('latin1');
  const isTiff = ['II*\0', 'II+\0', 'MM\0*', 'MM\0+'].includes(signature);
  return isTiff ? { kind: 'magic', mimeType: 'image/tiff', extension: '.tif' } : undefined;
}

/**
 * Whether a zip goes on beyond the head and begins with an entry that only Office packages begin with. What names the
 * kind of document may come behind large entries; where it comes first, `file-type` has read it already.
 */
function isPackedLikeOffice(head: Uint8Array): boolean {
  const nameAt = 30;
  const nameChars = 32;
  const name = Buffer.from(head.subarray(nameAt, nameAt + nameChars)).toString('latin1');
  return head.length >= contentHeadBytes && /^(?:_rels\/\.rels|docProps\/|customXml\/)/.test(name);
}
