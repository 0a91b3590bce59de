/** What the process that draws an SVG (svg.child.ts) is to do. The drawing comes by its standard input. */
export interface SvgTask {
  /** Where `sharp` is: the child has no layer path of its own. */
  readonly sharpModule: string;
  /** What the drawing shall fit into. */
  readonly width: number;
  readonly height: number;
  readonly maxPixels: number;
}

/** What it prints first, as one line of JSON; the PNG follows. */
export interface SvgSize {
  /** The drawing's own size in CSS pixels. */
  readonly width: number;
  readonly height: number;
}

/** The exit status that says: it is the drawing's fault. */
export const badDrawingStatus = 3;
