/**
 * How much of a file's beginning decides on its type. A zip container's entries, the sector that names an ISO image
 * (32 KiB in) and more text than any sniffer reads lie within it.
 */
export const contentHeadBytes = 64 * 1024;

/** What the bytes themselves say. */
export type Detected =
  | { readonly kind: 'empty' }
  /** A binary format known by its signature. `extension` has its dot; `mimeType` has no parameters. */
  | {
      readonly kind: 'magic';
      readonly mimeType: string;
      readonly extension: string;
      /** A zip that is packed like an Office document, though what names its kind lies beyond the head. */
      readonly officeOpenXml?: boolean;
    }
  | ({ readonly kind: 'text' } & TextTraits)
  /** Binary without a signature that we know. */
  | { readonly kind: 'unknown' };

export interface TextTraits {
  /** `8-bit`: some older code page; the bytes do not tell which. */
  readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | '8-bit';
  /** Begins as a JSON text does, in an encoding that JSON allows. */
  readonly jsonLike: boolean;
  /** Begins with an element that only formats (`fragment`, as Markdown may), or as a page or with one that acts. */
  readonly html: 'no' | 'fragment' | 'document';
  /** Begins as XML does. `active`: a browser would run or restyle it (XHTML, SVG, XSLT, scripts, style sheets). */
  readonly xml: 'no' | 'inert' | 'active';
  /** The root element is `svg`. */
  readonly isSvg?: boolean;
}

/** `head`: the first `contentHeadBytes` of the file, or all of a shorter one. Never throws because of the bytes. */
export type DetectContentType = (head: Uint8Array) => Promise<Detected>;
