import type { Pdfium } from './pdfium.ts';
import { encodePng, rowBytes } from './png.ts';

/** Points a page is given in are 1/72 inch; beyond 300 of them drawn in an inch there is nothing more to see. */
const maxScale = 300 / 72;

/** Annotations as they are printed; no cache of decoded images, which would outlive the page. */
const renderFlags = { annotations: 0x01, rgbOrder: 0x10, limitedImageCache: 0x200 };
const white = 0xffffffff;

/** FPDF_FORMFILLINFO of version 2: 140 bytes, in which no callback is set. Nothing in a document can ask for anything. */
const formInfo = { version: 2, bytes: 256 };

/** What draws the fields of a form as they are filled in. This PDFium runs no scripts. */
export function openForm(pdfium: Pdfium, document: number): number {
  const info = pdfium.wasmExports.malloc(formInfo.bytes);
  if (info === 0) throw new Error('PDFium has no memory left for a form');
  pdfium.HEAPU8.fill(0, info, info + formInfo.bytes);
  pdfium.HEAPU8[info] = formInfo.version;
  const form = pdfium._FPDFDOC_InitFormFillEnvironment(document, info);
  if (form !== 0) pdfium._FPDF_SetFormFieldHighlightAlpha(form, 0);
  return form;
}

/** The page as a PNG whose longer side has `side` pixels, or fewer of a very small page. `form` is 0 where there is none. */
export function drawPage(pdfium: Pdfium, page: number, form: number, side: number): Buffer {
  const points = { width: pdfium._FPDF_GetPageWidthF(page), height: pdfium._FPDF_GetPageHeightF(page) };
  const scale = Math.min(maxScale, side / Math.max(points.width, points.height));
  const width = Math.min(side, Math.max(1, Math.round(points.width * scale)));
  const height = Math.min(side, Math.max(1, Math.round(points.height * scale)));
  const bitmap = pdfium._FPDFBitmap_Create(width, height, 0);
  if (bitmap === 0) throw new Error(`PDFium has no memory left for ${width}x${height} pixels`);
  const { annotations, rgbOrder, limitedImageCache } = renderFlags;
  const flags = rgbOrder | limitedImageCache;
  pdfium._FPDFBitmap_FillRect(bitmap, 0, 0, width, height, white);
  pdfium._FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, flags | annotations);
  if (form !== 0) {
    pdfium._FORM_OnAfterLoadPage(page, form);
    pdfium._FPDF_FFLDraw(form, bitmap, page, 0, 0, width, height, 0, flags);
    pdfium._FORM_OnBeforeClosePage(page, form);
  }
  const rows = rgbRows(pdfium, bitmap, width, height);
  pdfium._FPDFBitmap_Destroy(bitmap);
  return encodePng(rows, { width, height });
}

/** PDFium has four bytes a pixel, the last of which says nothing. */
function rgbRows(pdfium: Pdfium, bitmap: number, width: number, height: number): Uint8Array {
  const start = pdfium._FPDFBitmap_GetBuffer(bitmap);
  const stride = pdfium._FPDFBitmap_GetStride(bitmap);
  const pixels = pdfium.HEAPU8;
  const rows = new Uint8Array(rowBytes(width) * height);
  let to = 0;
  for (let y = 0; y < height; y += 1) {
    let from = start + y * stride;
    to += 1;
    for (let x = 0; x < width; x += 1) {
      rows[to] = pixels[from] as number;
      rows[to + 1] = pixels[from + 1] as number;
      rows[to + 2] = pixels[from + 2] as number;
      from += 4;
      to += 3;
    }
  }
  return rows;
}
