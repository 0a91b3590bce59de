import type { Sketch } from './extraction.ts';
import type { TextSink } from './text-sink.ts';

/** More than a page shows. */
const maxRows = 40;
const maxColumns = 12;
const maxCellCharacters = 80;

/** Takes the rows of sheets: all cells as text, the first rows of the first sheet as what its page looks like. */
export class TableCollector {
  readonly #sink: TextSink;
  readonly #rows: (readonly string[])[] = [];
  #isShown = true;
  #isEmptySheet = true;

  constructor(sink: TextSink) {
    this.#sink = sink;
  }

  /** Cells by their column, holes for those that are empty. */
  addRow(cells: readonly (string | undefined)[]): void {
    const filled = cells.filter((cell) => cell !== undefined && cell !== '');
    if (filled.length === 0) return;
    this.#isEmptySheet = false;
    this.#sink.add(`${filled.join('\t')}\n`);
    if (!this.#isShown || this.#rows.length >= maxRows) return;
    this.#rows.push(
      Array.from({ length: Math.min(cells.length, maxColumns) }, (_, at) =>
        (cells[at] ?? '').slice(0, maxCellCharacters),
      ),
    );
  }

  endSheet(): void {
    if (!this.#isEmptySheet) this.#sink.add('\n');
    this.#isEmptySheet = true;
    if (this.#rows.length > 0) this.#isShown = false;
  }

  get sketch(): Sketch | undefined {
    return this.#rows.length > 0
      ? { kind: 'table', rows: this.#rows, hasHeader: looksLikeHeader(this.#rows) }
      : undefined;
  }
}

const isNumber = (cell: string): boolean =>
  /^\s*[-+(]?[\p{Sc}]?\s*\d[\d\s.,'’:/%-]*[\p{Sc}%)]?\s*$/u.test(cell);

/** Names that differ, none of them a number, above at least one more row. */
export function looksLikeHeader(rows: readonly (readonly string[])[]): boolean {
  const [first, second] = rows;
  if (!first || !second || first.length < 2) return false;
  const names = first.map((cell) => cell.trim());
  return names.every((name) => name !== '' && !isNumber(name)) && new Set(names).size === names.length;
}
