import { readFileSync } from 'node:fs';
import { PDFiumModule } from '@hyzyla/pdfium';

/** Where on a bitmap a page is drawn, in pixels; quarter turns clockwise; FPDF_ flags of fpdfview.h. */
type PlacedPage = [left: number, top: number, width: number, height: number, rotate: number, flags: number];

/** PDFium's C interface (fpdfview.h and its neighbours), as far as it is used here. Pointers and handles are numbers. */
export interface Pdfium {
  readonly HEAPU8: Uint8Array;
  readonly HEAP32: Int32Array;
  readonly HEAPF32: Float32Array;
  readonly wasmExports: { malloc(bytes: number): number; free(pointer: number): void };
  _FPDF_InitLibrary(): void;
  _FPDF_LoadMemDocument64(pointer: number, bytes: number, password: number): number;
  _FPDF_GetLastError(): number;
  _FPDF_GetPageCount(document: number): number;
  _FPDF_GetFileVersion(document: number, version: number): number;
  _FPDF_GetMetaText(document: number, tag: number, buffer: number, bytes: number): number;
  _FPDF_GetSecurityHandlerRevision(document: number): number;
  _FPDF_GetDocUserPermissions(document: number): number;
  _FPDF_GetFormType(document: number): number;
  _FPDF_GetSignatureCount(document: number): number;
  _FPDFDoc_GetJavaScriptActionCount(document: number): number;
  _FPDFDoc_GetAttachmentCount(document: number): number;
  _FPDF_LoadPage(document: number, index: number): number;
  _FPDF_ClosePage(page: number): void;
  _FPDF_GetPageWidthF(page: number): number;
  _FPDF_GetPageHeightF(page: number): number;
  _FPDFPage_CountObjects(page: number): number;
  _FPDFPage_GetObject(page: number, index: number): number;
  _FPDFPageObj_GetType(object: number): number;
  _FPDFPageObj_GetBounds(object: number, left: number, bottom: number, right: number, top: number): number;
  _FPDFText_LoadPage(page: number): number;
  _FPDFText_ClosePage(text: number): void;
  _FPDFText_CountChars(text: number): number;
  _FPDFText_GetText(text: number, start: number, count: number, buffer: number): number;
  _FPDFBitmap_Create(width: number, height: number, alpha: number): number;
  _FPDFBitmap_FillRect(
    bitmap: number,
    left: number,
    top: number,
    width: number,
    height: number,
    colour: number,
  ): void;
  _FPDFBitmap_GetBuffer(bitmap: number): number;
  _FPDFBitmap_GetStride(bitmap: number): number;
  _FPDFBitmap_Destroy(bitmap: number): void;
  _FPDF_RenderPageBitmap(bitmap: number, page: number, ...placed: PlacedPage): void;
  _FPDFDOC_InitFormFillEnvironment(document: number, callbacks: number): number;
  _FORM_OnAfterLoadPage(page: number, form: number): void;
  _FORM_OnBeforeClosePage(page: number, form: number): void;
  _FPDF_SetFormFieldHighlightAlpha(form: number, alpha: number): void;
  _FPDF_FFLDraw(form: number, bitmap: number, page: number, ...placed: PlacedPage): void;
}

/** It has no file system, no network and no clock but its own memory's: what breaks in it stays in it. */
export async function loadPdfium(wasmFile: string): Promise<Pdfium> {
  const binary = readFileSync(wasmFile);
  const wasmBinary = binary.buffer.slice(binary.byteOffset, binary.byteOffset + binary.byteLength);
  // The package's types name what its own classes use; the module has every function of PDFium.
  const pdfium = (await PDFiumModule({ wasmBinary })) as unknown as Pdfium;
  pdfium._FPDF_InitLibrary();
  return pdfium;
}

/** PDFium's memory as long as `use` runs. The heap may move when it grows: nobody keeps a view of it. */
export function withMemory<Result>(
  { wasmExports }: Pdfium,
  bytes: number,
  use: (pointer: number) => Result,
): Result {
  const pointer = wasmExports.malloc(bytes);
  if (pointer === 0) throw new Error(`PDFium has no ${bytes} bytes left in its memory`);
  try {
    return use(pointer);
  } finally {
    wasmExports.free(pointer);
  }
}

/** What PDFium writes as UTF-16LE with a zero at its end; `write` answers with the bytes that it needs or has used. */
export function readUtf16(
  pdfium: Pdfium,
  maxBytes: number,
  write: (buffer: number, bytes: number) => number,
): string {
  const needed = write(0, 0);
  if (needed <= 2 || needed > maxBytes) return '';
  return withMemory(pdfium, needed, (buffer) => {
    write(buffer, needed);
    return utf16At(pdfium, buffer, needed - 2);
  });
}

export const utf16At = ({ HEAPU8 }: Pdfium, pointer: number, bytes: number): string =>
  Buffer.from(HEAPU8.buffer, pointer, bytes).toString('utf16le');
