import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../../../../lambdas/contract/limits.ts';
import { inspectParts, lenient, type Part, strict } from '../../../../support/inspecting-pdf.ts';
import { catalog, objectStream, stream } from '../../../../support/pdf-writer.ts';

const MiB = 1024 ** 2;

/** A scanned book: one image a page, of which nothing but its size is real. */
class ScannedBook {
  readonly parts: Part[] = [Buffer.from('%PDF-1.5\n%\xe2\xe3\xcf\xd3\n', 'latin1')];
  readonly offsets: { number: number; offset: number }[] = [];
  size = 15;

  constructor(pages: number, imageBytes: number, root = '') {
    const kids = Array.from({ length: pages }, (_, index) => `${3 + 2 * index} 0 R`).join(' ');
    this.add(1, catalog(root));
    this.add(2, `<</Type/Pages/Count ${pages}/Kids[${kids}]>>`);
    for (let number = 3; number < 3 + 2 * pages; number += 2) {
      this.add(number, `<</Type/Page/Parent 2 0 R/Resources<</XObject<</Im ${number + 1} 0 R>>>>>>`);
      this.offsets.push({ number: number + 1, offset: this.size });
      this.#append(
        Buffer.from(`${number + 1} 0 obj\n<</Subtype/Image/Filter/DCTDecode/Length ${imageBytes}>>stream\n`),
      );
      this.#append(imageBytes);
      this.#append(Buffer.from('\nendstream\nendobj\n'));
    }
  }

  add(number: number, body: string | Buffer): this {
    this.offsets.push({ number, offset: this.size });
    this.#append(
      Buffer.concat([Buffer.from(`${number} 0 obj\n`), Buffer.from(body), Buffer.from('\nendobj\n')]),
    );
    return this;
  }

  endedByTable(startAt = this.size): readonly Part[] {
    const inOrder = [...this.offsets].sort((one, other) => one.number - other.number);
    const entries = inOrder.map(({ offset }) => `${String(offset).padStart(10, '0')} 00000 n \n`);
    const count = entries.length;
    return [
      ...this.parts,
      Buffer.from(
        `xref\n0 1\n0000000000 65535 f \n1 ${count}\n${entries.join('')}trailer\n<</Size ${count + 1}/Root 1 0 R>>\nstartxref\n${startAt}\n%%EOF\n`,
      ),
    ];
  }

  /** `held`: numbers of the objects in the object stream of the number. */
  endedByStream(held: readonly number[] = [], inStream = 0): readonly Part[] {
    const rows = new Map<number, Buffer>();
    const row = (type: number, second: number, third: number) => {
      const bytes = Buffer.alloc(7);
      bytes.writeUInt8(type);
      bytes.writeUInt32BE(second, 1);
      bytes.writeUInt16BE(third, 5);
      return bytes;
    };
    for (const { number, offset } of this.offsets) rows.set(number, row(1, offset, 0));
    for (const [index, number] of held.entries()) rows.set(number, row(2, inStream, index));
    const last = Math.max(...rows.keys());
    const table = Array.from({ length: last + 1 }, (_, number) => rows.get(number) ?? row(0, 0, 0));
    // Predicted by the row above, as most producers do.
    const predicted = table.map((bytes, index) =>
      Buffer.from([2, ...bytes.map((byte, column) => byte - (table[index - 1]?.[column] ?? 0))]),
    );
    const entries = `/Type/XRef/Size ${last + 1}/W[1 4 2]/Root 1 0 R/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 7>>`;
    const startAt = this.size;
    this.#append(Buffer.from(`${last + 1} 0 obj\n`));
    this.#append(stream(entries, deflateSync(Buffer.concat(predicted))));
    this.#append(Buffer.from(`\nendobj\nstartxref\n${startAt}\n%%EOF\n`));
    return this.parts;
  }

  #append(part: Part): void {
    this.parts.push(part);
    this.size += typeof part === 'number' ? part : part.length;
  }
}

const script = '<</S/JavaScript/JS(x)>>';

describe('a PDF too large to read', () => {
  it('is sound by its objects, without its images', async () => {
    const book = new ScannedBook(20, 15 * MiB).endedByTable();

    const { verdict, reads, bytes } = await inspectParts(book, strict);

    expect(verdict).toEqual({ verdict: 'sound' });
    expect(reads).toBeLessThan(defaultLimits.inspection.maxReads);
    expect(bytes).toBeLessThan(4 * MiB);
  });

  it('is sound with a page in a thousand places, as long as active content is allowed', async () => {
    const book = new ScannedBook(1000, 300_000).endedByTable();

    const { verdict, reads, bytes } = await inspectParts(book, lenient);

    expect(verdict).toEqual({ verdict: 'sound' });
    expect(reads).toBeLessThan(defaultLimits.inspection.maxReads);
    expect(bytes).toBeLessThan(defaultLimits.inspection.maxReadBytes);
    expect((await inspectParts(book, strict)).verdict).toMatchObject({ verdict: 'unscannable' });
  });

  it.each([
    ['between images', () => new ScannedBook(9, 15 * MiB).add(30, script).endedByTable()],
    ['in the catalog', () => new ScannedBook(9, 15 * MiB, `/OpenAction${script}`).endedByStream()],
    [
      'in an object stream',
      () => new ScannedBook(9, 15 * MiB).add(30, objectStream([[31, script]])).endedByStream([31], 30),
    ],
    [
      'in an object of 200 KB',
      () => new ScannedBook(9, 15 * MiB).add(30, `[(${'-'.repeat(200_000)})${script}]`).endedByTable(),
    ],
  ])('has its active content found: %s', async (_, make) => {
    const book = make();

    const { verdict, reads } = await inspectParts(book, strict);

    expect(verdict).toMatchObject({ reason: 'active_content' });
    expect(reads).toBeLessThan(defaultLimits.inspection.maxReads);
  });

  it('is unscannable when its cross-reference leads nowhere', async () => {
    const book = new ScannedBook(9, 15 * MiB);

    expect((await inspectParts(book.endedByTable(12_345), strict)).verdict).toMatchObject({
      verdict: 'unscannable',
    });
    expect((await inspectParts(book.parts, lenient)).verdict).toMatchObject({ verdict: 'unscannable' });
  });

  it('is refused when its cross-reference lies or inflates without end', async () => {
    const lying = [...new ScannedBook(9, 15 * MiB).parts];
    const startAt = new ScannedBook(9, 15 * MiB).size;
    const end = (body: string) => Buffer.from(`${body}\nstartxref\n${startAt}\n%%EOF\n`);
    const inflating = Buffer.concat([
      Buffer.from('99 0 obj\n'),
      stream('/Type/XRef/Size 9/W[1 4 2]/Root 1 0 R/Filter/FlateDecode', deflateSync(Buffer.alloc(30 * MiB))),
      end(''),
    ]);

    const claims = end('xref\n0 4000000000\n0000000000 65535 f \ntrailer<</Root 1 0 R>>');
    expect((await inspectParts([...lying, claims], lenient)).verdict).toMatchObject({ reason: 'malformed' });
    expect((await inspectParts([...lying, inflating], lenient)).verdict).toMatchObject({
      reason: 'bomb_suspected',
    });
  });

  it('is followed through revisions in a circle once', async () => {
    const book = new ScannedBook(9, 15 * MiB);
    const parts = book.endedByTable();
    const end = parts.at(-1) as Buffer;
    const circle = Buffer.from(end.toString().replace('/Root 1 0 R', `/Root 1 0 R/Prev ${book.size}`));

    expect((await inspectParts([...parts.slice(0, -1), circle], strict)).verdict).toEqual({
      verdict: 'sound',
    });
  });

  it('has what follows it judged like that of a small one', async () => {
    const book = new ScannedBook(9, 15 * MiB).endedByTable();

    expect((await inspectParts([...book, Buffer.from('MZ program')], lenient)).verdict).toMatchObject({
      reason: 'type_mismatch',
    });
  });

  it('takes no longer with as many objects as a cross-reference may list', async () => {
    const book = new ScannedBook(2, 20 * MiB);
    for (let number = 10; number < 300_010; number += 1) book.add(number, '<<>>');

    const startedAt = performance.now();
    const { verdict } = await inspectParts([Buffer.concat(book.endedByTable().map(bytesOf))], lenient);

    expect(verdict.verdict).toBe('sound');
    expect(performance.now() - startedAt).toBeLessThan(3000);
  });
});

const bytesOf = (part: Part): Buffer => (typeof part === 'number' ? Buffer.alloc(part) : part);
