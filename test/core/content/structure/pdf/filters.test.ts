import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inflate } from '../../../../../lambdas/adapters/zlib/inflate.ts';
import { decode, filtersOf } from '../../../../../lambdas/core/content/structure/pdf/filters.ts';
import { valueAt } from '../../../../../lambdas/core/content/structure/pdf/values.ts';

const roomy = 1024 ** 2;
const parsed = (text: string) => valueAt(Buffer.from(text), 0, 32);
const undo = (data: Uint8Array, filter: string, parameters = 'null', maxBytes = roomy) => {
  const filters = filtersOf(parsed(filter), parsed(parameters));
  return filters && decode(data, filters, inflate, maxBytes);
};
const plainOf = (...args: Parameters<typeof undo>) => Buffer.from(undo(...args)?.bytes ?? []);

function ascii85(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 4) {
    const group = Buffer.alloc(4);
    const count = group.set(bytes.subarray(at, at + 4)) ?? Math.min(4, bytes.length - at);
    let value = group.readUInt32BE();
    const digits = Array.from({ length: 5 }, () => {
      const digit = value % 85;
      value = Math.floor(value / 85);
      return String.fromCharCode(0x21 + digit);
    });
    const whole = digits.reverse().join('');
    text += whole === '!!!!!' && count === 4 ? 'z' : whole.slice(0, count + 1);
  }
  return `<~${text}~>`;
}

/** As an encoder predicts: each row by one kind, in turn. */
function predicted(bytes: Uint8Array, columns: number): Buffer {
  const rows: Buffer[] = [];
  for (let row = 0; row * columns < bytes.length; row += 1) {
    const kind = row % 5;
    const byte = (column: number, of: number) =>
      column < 0 || of < 0 ? 0 : (bytes[of * columns + column] as number);
    const guess = (column: number): number => {
      const [left, above, corner] = [byte(column - 1, row), byte(column, row - 1), byte(column - 1, row - 1)];
      const paeth = [left, above, corner]
        .map((value) => ({ value, distance: Math.abs(left + above - corner - value) }))
        .reduce((one, other) => (other.distance < one.distance ? other : one)).value;
      return [0, left, above, (left + above) >> 1, paeth][kind] as number;
    };
    rows.push(Buffer.from([kind, ...Array.from({ length: columns }, (_, at) => byte(at, row) - guess(at))]));
  }
  return Buffer.concat(rows);
}

describe('filters of a stream', () => {
  it('are undone in their order', () => {
    const plain = Buffer.from('some objects');
    const packed = Buffer.from(`${deflateSync(plain).toString('hex')}>`);

    expect(plainOf(packed, '[/ASCIIHexDecode /FlateDecode]')).toEqual(plain);
    expect(plainOf(deflateSync(deflateSync(plain)), '[/Fl/Fl]')).toEqual(plain);
    expect(plainOf(plain, 'null')).toEqual(plain);
  });

  it('give back any bytes that were written in hexadecimal or base 85', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const hex = Buffer.from(`${Buffer.from(bytes).toString('hex')}>`);
        expect(plainOf(hex, '/AHx').equals(bytes)).toBe(true);
        expect(plainOf(Buffer.from(ascii85(bytes)), '/ASCII85Decode').equals(bytes)).toBe(true);
      }),
    );
  });

  it('give back any rows that were predicted in any of the five ways', () => {
    const rows = fc.integer({ min: 1, max: 9 }).chain((columns) =>
      fc.record({
        columns: fc.constant(columns),
        rows: fc.array(fc.uint8Array({ minLength: columns, maxLength: columns }), {
          minLength: 1,
          maxLength: 12,
        }),
      }),
    );
    fc.assert(
      fc.property(rows, ({ columns, rows }) => {
        const plain = Buffer.concat(rows);
        const packed = deflateSync(predicted(plain, columns));
        const parameters = `<</Predictor 15/Columns ${columns}>>`;
        expect(plainOf(packed, '/FlateDecode', parameters).equals(plain)).toBe(true);
      }),
    );
  });

  it('never make more than they may', () => {
    const zeros = deflateSync(Buffer.alloc(2 * roomy));
    const groups = Buffer.from('z'.repeat(roomy / 2));

    expect(undo(zeros, '/FlateDecode')?.complete).toBe(false);
    expect(undo(groups, '/ASCII85Decode')?.complete).toBe(false);
    expect(undo(deflateSync(zeros), '[/FlateDecode/FlateDecode]')?.complete).toBe(false);
  });

  it('that nobody here knows, or that stand elsewhere, are not undone', () => {
    const data = Buffer.from('data');

    expect(undo(data, '/LZWDecode')).toBeUndefined();
    expect(undo(data, '/FlateDecode')).toBeUndefined();
    expect(undo(data, '7 0 R')).toBeUndefined();
    expect(undo(deflateSync(data), '/FlateDecode', '7 0 R')).toBeUndefined();
    expect(undo(deflateSync(data), '/FlateDecode', '<</Predictor 2>>')).toBeUndefined();
    expect(undo(deflateSync(data), '/FlateDecode', '<</Predictor 12/Columns 99999999>>')).toBeUndefined();
  });
});
