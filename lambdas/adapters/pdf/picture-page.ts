import { type Pdfium, withMemory } from './pdfium.ts';

/** FPDF_PAGEOBJ_IMAGE */
const image = 3;
/** Part of the page that the picture of a scanned sheet fills; scanners leave margins. */
const minPart = 0.85;
/** A scan is one picture, or a few, in front of or behind the text that was recognised in it. */
const maxObjects = 2_000;

/** Whether one picture fills the page, as that of a scanned sheet does, whatever text lies behind it. */
export function isPicturePage(pdfium: Pdfium, page: number): boolean {
  const area = pdfium._FPDF_GetPageWidthF(page) * pdfium._FPDF_GetPageHeightF(page);
  const objects = Math.min(maxObjects, pdfium._FPDFPage_CountObjects(page));
  for (let index = 0; index < objects; index += 1) {
    const object = pdfium._FPDFPage_GetObject(page, index);
    if (pdfium._FPDFPageObj_GetType(object) !== image) continue;
    if (boundsArea(pdfium, object) >= minPart * area) return true;
  }
  return false;
}

const boundsArea = (pdfium: Pdfium, object: number): number =>
  withMemory(pdfium, 16, (at) => {
    if (!pdfium._FPDFPageObj_GetBounds(object, at, at + 4, at + 8, at + 12)) return 0;
    const [left = 0, bottom = 0, right = 0, top = 0] = pdfium.HEAPF32.subarray(at / 4, at / 4 + 4);
    return Math.max(0, right - left) * Math.max(0, top - bottom);
  });
