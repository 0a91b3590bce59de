import type { DocumentFacts } from './frames.ts';
import { type Pdfium, readUtf16, withMemory } from './pdfium.ts';

const infoTags = ['Title', 'Author', 'Subject', 'Keywords', 'Creator', 'Producer', 'CreationDate', 'ModDate'];
/** Of one entry; what is longer is no title. */
const maxInfoBytes = 64 * 1024;

export function documentFacts(pdfium: Pdfium, document: number): DocumentFacts {
  const isEncrypted = pdfium._FPDF_GetSecurityHandlerRevision(document) > 0;
  const version = fileVersion(pdfium, document);
  return {
    pages: pdfium._FPDF_GetPageCount(document),
    ...(version && { version }),
    info: Object.fromEntries(infoTags.map((tag) => [tag, info(pdfium, document, tag)])),
    ...(isEncrypted && { permissions: pdfium._FPDF_GetDocUserPermissions(document) }),
    hasScripts: pdfium._FPDFDoc_GetJavaScriptActionCount(document) > 0,
    hasAttachments: pdfium._FPDFDoc_GetAttachmentCount(document) > 0,
    hasForm: pdfium._FPDF_GetFormType(document) > 0,
    signatures: Math.max(0, pdfium._FPDF_GetSignatureCount(document)),
  };
}

const fileVersion = (pdfium: Pdfium, document: number): number | undefined =>
  withMemory(pdfium, 4, (pointer) =>
    pdfium._FPDF_GetFileVersion(document, pointer) ? pdfium.HEAP32[pointer / 4] : undefined,
  );

const info = (pdfium: Pdfium, document: number, tag: string): string =>
  withMemory(pdfium, tag.length + 1, (pointer) => {
    pdfium.HEAPU8.set(Buffer.from(`${tag}\0`, 'latin1'), pointer);
    return readUtf16(pdfium, maxInfoBytes, (buffer, bytes) =>
      pdfium._FPDF_GetMetaText(document, pointer, buffer, bytes),
    );
  });
