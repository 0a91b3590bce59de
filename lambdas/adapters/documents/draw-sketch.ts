import { escapeMarkup, fontFamilies } from '../sharp/fonts.ts';
import { rasterizeSvg, svgDeadlineMs } from '../sharp/rasterize-svg.ts';
import type { Sketch, SketchBlock } from './extraction.ts';
import { drawable, isRightToLeft, shortened, wrap } from './lay-out.ts';

/** A4 upright at 72 dots an inch, and lying for tables; drawn as large as the preview is to be. */
const page = { width: 595, height: 842, margin: 48 };
const table = { width: 842, height: 595, margin: 24, rowHeight: 17, size: 9, padding: 5 };

interface Style {
  readonly size: number;
  readonly bold: boolean;
  readonly fixed: boolean;
  /** Above and below a block. */
  readonly gap: number;
}

const styles: Readonly<Record<SketchBlock['style'], Style>> = {
  title: { size: 20, bold: true, fixed: false, gap: 12 },
  heading: { size: 14, bold: true, fixed: false, gap: 8 },
  body: { size: 10.5, bold: false, fixed: false, gap: 5 },
  code: { size: 9, bold: false, fixed: true, gap: 5 },
};
const lineSpacing = 1.35;
/** In parts of the size: what a column's letters take, whichever they are. */
const letterWidth = 0.7;
const ink = '#1f2328';
const line = '#d0d7de';
const shade = '#f3f4f6';

/**
 * The beginning of a document as a page: its text, not its layout. Undefined where our fonts lack what it is written in.
 * Everything that comes from the document is character data of the drawing.
 */
export async function drawSketch(sketch: Sketch, side: number): Promise<Uint8Array | undefined> {
  const shown = sketch.kind === 'page' ? sketch.blocks.map(({ text }) => text) : sketch.rows.flat();
  if (!drawable(shown.join(' '))) return undefined;
  const svg = sketch.kind === 'page' ? pageSvg(sketch.blocks, sketch.fixed ?? false) : tableSvg(sketch);
  const { png } = await rasterizeSvg(Buffer.from(svg), { width: side, height: side }, svgDeadlineMs);
  return png;
}

const svgOf = ({ width, height }: { width: number; height: number }, content: readonly string[]): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<rect width="${width}" height="${height}" fill="#ffffff"/>
${content.join('\n')}
</svg>`;

function pageSvg(blocks: readonly SketchBlock[], fixed: boolean): string {
  const drawn: string[] = [];
  let y = page.margin;
  for (const { text, style } of blocks) {
    const { size, bold, gap, ...own } = styles[style];
    const isFixed = fixed || own.fixed;
    for (const words of wrap(text, page.width - 2 * page.margin, { size, fixed: isFixed, bold })) {
      y += size * lineSpacing;
      if (y > page.height - page.margin) return svgOf(page, drawn);
      drawn.push(
        textSvg(words, {
          x: page.margin,
          y,
          width: page.width - 2 * page.margin,
          size,
          bold,
          fixed: isFixed,
        }),
      );
    }
    if (!fixed) y += gap;
  }
  return svgOf(page, drawn);
}

interface Placed {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly size: number;
  readonly bold: boolean;
  readonly fixed: boolean;
}

function textSvg(text: string, { x, y, width, size, bold, fixed }: Placed): string {
  if (text.trim() === '') return '';
  const fromRight = isRightToLeft(text);
  const place = fromRight ? `x="${x + width}" direction="rtl"` : `x="${x}"`;
  const family = fixed ? fontFamilies.mono : fontFamilies.sans;
  const weight = bold ? ' font-weight="bold"' : '';
  return `<text xml:space="preserve" ${place} y="${y.toFixed(1)}" font-family="${family}" font-size="${size}"${weight} fill="${ink}">${escapeMarkup(text)}</text>`;
}

function tableSvg({ rows, hasHeader }: Extract<Sketch, { kind: 'table' }>): string {
  const { width, height, margin, rowHeight, size, padding } = table;
  const shown = rows.slice(0, Math.floor((height - 2 * margin) / rowHeight));
  const widths = columnWidths(shown, width - 2 * margin);
  const right = margin + widths.reduce((sum, each) => sum + each, 0);
  const bottom = margin + shown.length * rowHeight;
  const drawn: string[] = [];
  if (hasHeader) {
    drawn.push(
      `<rect x="${margin}" y="${margin}" width="${right - margin}" height="${rowHeight}" fill="${shade}"/>`,
    );
  }
  for (let at = 0; at <= shown.length; at += 1) {
    const y = margin + at * rowHeight;
    drawn.push(`<path d="M${margin} ${y}H${right}" stroke="${line}" stroke-width="0.75"/>`);
  }
  let x = margin;
  for (const [column, columnWidth] of [...widths, 0].entries()) {
    drawn.push(`<path d="M${x} ${margin}V${bottom}" stroke="${line}" stroke-width="0.75"/>`);
    for (const [at, row] of columnWidth > 0 ? shown.entries() : []) {
      const bold = hasHeader && at === 0;
      const room = columnWidth - 2 * padding;
      const text = shortened(row[column] ?? '', room, { size, bold, fixed: false });
      const y = margin + at * rowHeight + rowHeight / 2 + size * 0.36;
      drawn.push(textSvg(text, { x: x + padding, y, width: room, size, bold, fixed: false }));
    }
    x += columnWidth;
  }
  return svgOf(table, drawn);
}

/** As wide as what is in them asks for, within bounds; fewer columns where that is too much. */
function columnWidths(rows: readonly (readonly string[])[], available: number): readonly number[] {
  const bounds = { least: 42, most: 190 };
  const columns = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const widths: number[] = [];
  let left = available;
  for (let column = 0; column < columns && left >= bounds.least; column += 1) {
    const longest = rows.reduce((most, row) => Math.max(most, (row[column] ?? '').length), 0);
    const wanted = longest * table.size * letterWidth + 2 * table.padding;
    const width = Math.min(left, Math.max(bounds.least, Math.min(bounds.most, wanted)));
    widths.push(Math.round(width));
    left -= Math.round(width);
  }
  return widths;
}
