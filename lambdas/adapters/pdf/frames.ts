/** What a child tells its parent, in order. A body follows where there is one: a picture, or text as UTF-8. */
export type FrameHeader =
  /** PDFium is there, and so is the document: what happens from now on is the document's fault. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'document'; readonly facts: DocumentFacts }
  | { readonly kind: 'refused'; readonly reason: 'malformed' | 'encrypted' }
  /** `isPicture`: a picture fills the page. */
  | { readonly kind: 'preview'; readonly page: number; readonly isPicture: boolean }
  | { readonly kind: 'text' | 'failed'; readonly page: number }
  /** What it was at broke PDFium: this child is of no use any more. */
  | { readonly kind: 'broken' }
  | { readonly kind: 'end'; readonly textTruncated: boolean };

/** What PDFium says of a document as a whole, as it says it. */
export interface DocumentFacts {
  readonly pages: number;
  /** 17 is 1.7; absent where the file does not say. */
  readonly version?: number;
  /** The document's information dictionary, by PDFium's names of its entries. */
  readonly info: Readonly<Record<string, string>>;
  /** Absent of a document that is not encrypted; else the permission bits of ISO 32000-1, table 22. */
  readonly permissions?: number;
  readonly hasScripts: boolean;
  readonly hasAttachments: boolean;
  readonly hasForm: boolean;
  readonly signatures: number;
}

export interface Frame {
  readonly header: FrameHeader;
  readonly body: Buffer;
}

const prefixBytes = 8;

export function encodeFrame(header: FrameHeader, body: Uint8Array = Buffer.alloc(0)): Buffer[] {
  const words = Buffer.from(JSON.stringify(header));
  const prefix = Buffer.alloc(prefixBytes);
  prefix.writeUInt32LE(words.length, 0);
  prefix.writeUInt32LE(body.length, 4);
  return [prefix, words, Buffer.from(body.buffer, body.byteOffset, body.byteLength)];
}

/** Takes bytes as they come and gives out the frames that are whole. */
export class FrameReader {
  #chunks: Buffer[] = [];
  #bytes = 0;
  #wanted = prefixBytes;

  push(chunk: Buffer): Frame[] {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    const frames: Frame[] = [];
    while (this.#bytes >= this.#wanted) {
      const all = Buffer.concat(this.#chunks);
      const words = all.readUInt32LE(0);
      const bodyAt = prefixBytes + words;
      const end = bodyAt + all.readUInt32LE(4);
      if (all.length >= end) {
        const header = JSON.parse(all.toString('utf8', prefixBytes, bodyAt)) as FrameHeader;
        frames.push({ header, body: all.subarray(bodyAt, end) });
      }
      const rest = all.length >= end ? all.subarray(end) : all;
      this.#chunks = [rest];
      this.#bytes = rest.length;
      this.#wanted = all.length >= end ? prefixBytes : end;
    }
    return frames;
  }
}
