import type { PixelCoding } from '../../../images/decode-cost.ts';
import { bomb, malformed } from './header-reader.ts';
import { type Box, BoxReader, boxesIn, boxOf, fullBoxBytes, versionOf } from './iso-boxes.ts';

/** Items, and references between them, of one file: 48 MP come in some 200 tiles. */
const maxItems = 4_096;
/** Items put together of others that are put together of others. */
const maxDerivations = 8;

interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Item {
  readonly id: number;
  readonly type: string;
  /** By `ispe`. */
  readonly size: Size | undefined;
  readonly place: Place | undefined;
}

/** Where the first bytes of an item are. */
interface Place {
  /** In the file, or in the box `idat` of `meta`. */
  readonly within: 'file' | 'meta';
  readonly at: number;
  /** Of the first of its pieces. */
  readonly length: number;
  readonly isWhole: boolean;
}

export interface HeifItems {
  readonly primary: boolean;
  /** The largest sides that any of the pictures has. */
  readonly width: number;
  readonly height: number;
  readonly coding: PixelCoding;
  readonly items: readonly Item[];
  /** What lies in `meta` itself. */
  readonly data: Uint8Array;
}

/** What the `meta` box says of the pictures. */
export function readItems(meta: Uint8Array): HeifItems {
  const boxes = boxesIn(meta.subarray(fullBoxBytes));
  const types = itemTypes(boxOf(boxes, 'iinf'));
  const places = itemPlaces(boxOf(boxes, 'iloc'));
  const { sizes, properties } = itemProperties(boxOf(boxes, 'iprp'));
  refuseCircles(boxOf(boxes, 'iref'));
  const primary = boxOf(boxes, 'pitm');
  if (primary && !types.has(primaryId(primary))) throw malformed('its primary picture is not there');
  const items = [...types].map(
    ([id, type]): Item => ({ id, type, size: sizes.get(id), place: places.get(id) }),
  );
  const extents = properties.flatMap((property) => (property.type === 'ispe' ? [extentOf(property)] : []));
  if (primary && extents.length === 0) throw malformed('a picture without a size');
  return {
    primary: primary !== undefined,
    width: extents.reduce((most, { width }) => Math.max(most, width), 0),
    height: extents.reduce((most, { height }) => Math.max(most, height), 0),
    coding: codingOf(types, properties),
    items,
    data: boxOf(boxes, 'idat')?.data ?? new Uint8Array(),
  };
}

function primaryId({ data }: Box): number {
  return new BoxReader(data, fullBoxBytes).uint(versionOf(data) === 0 ? 2 : 4);
}

function itemTypes(box: Box | undefined): Map<number, string> {
  const types = new Map<number, string>();
  if (!box) return types;
  const countBytes = versionOf(box.data) === 0 ? 2 : 4;
  for (const { type, data } of boxesIn(box.data.subarray(fullBoxBytes + countBytes))) {
    const version = versionOf(data);
    if (type !== 'infe' || version < 2) continue;
    const reader = new BoxReader(data, fullBoxBytes);
    const id = reader.uint(version === 2 ? 2 : 4);
    reader.skip(2);
    types.set(id, String.fromCharCode(reader.uint(1), reader.uint(1), reader.uint(1), reader.uint(1)));
    if (types.size > maxItems) throw bomb(`more than ${maxItems} items`);
  }
  return types;
}

function itemPlaces(box: Box | undefined): Map<number, Place> {
  const places = new Map<number, Place>();
  if (!box) return places;
  const version = versionOf(box.data);
  const reader = new BoxReader(box.data, fullBoxBytes);
  const sizes = reader.uint(2);
  const [offsetBytes, lengthBytes, baseBytes, indexBytes] = [12, 8, 4, 0].map(
    (shift) => (sizes >> shift) & 15,
  ) as [number, number, number, number];
  const idBytes = version < 2 ? 2 : 4;
  const count = reader.uint(idBytes);
  if (count > maxItems) throw bomb(`more than ${maxItems} items`);
  for (let item = 0; item < count; item += 1) {
    const id = reader.uint(idBytes);
    // 0: in the file; 1: in a box of `meta`; 2: made of other items.
    const method = version === 0 ? 0 : reader.uint(2) & 15;
    reader.skip(2);
    const base = reader.uint(baseBytes);
    const extents = reader.uint(2);
    for (let extent = 0; extent < extents; extent += 1) {
      if (version > 0) reader.skip(indexBytes);
      const at = base + reader.uint(offsetBytes);
      const length = reader.uint(lengthBytes);
      if (extent > 0 || method > 1) continue;
      places.set(id, { within: method === 0 ? 'file' : 'meta', at, length, isWhole: extents === 1 });
    }
  }
  return places;
}

const extentOf = ({ data }: Box): Size => {
  const reader = new BoxReader(data, fullBoxBytes);
  return { width: reader.uint(4), height: reader.uint(4) };
};

function itemProperties(box: Box | undefined): { sizes: Map<number, Size>; properties: readonly Box[] } {
  const sizes = new Map<number, Size>();
  const boxes = box ? boxesIn(box.data) : [];
  const properties = boxesIn(boxOf(boxes, 'ipco')?.data ?? new Uint8Array());
  for (const { type, data } of boxes) {
    if (type !== 'ipma') continue;
    const reader = new BoxReader(data, fullBoxBytes);
    const isWide = ((data[3] ?? 0) & 1) === 1;
    const count = reader.uint(4);
    if (count > maxItems) throw bomb(`more than ${maxItems} items`);
    for (let item = 0; item < count; item += 1) {
      const id = reader.uint(versionOf(data) < 1 ? 2 : 4);
      for (let left = reader.uint(1); left > 0; left -= 1) {
        const index = isWide ? reader.uint(2) & 0x7fff : reader.uint(1) & 0x7f;
        const property = properties[index - 1];
        if (property?.type === 'ispe') sizes.set(id, extentOf(property));
      }
    }
  }
  return { sizes, properties };
}

/** Only AV1 is decoded by us. Deep: any of the pictures has more than 8 bits, by its configuration. */
function codingOf(types: ReadonlyMap<number, string>, properties: readonly Box[]): PixelCoding {
  const hasAv1 = [...types.values()].includes('av01');
  // Three channels of up to 16 bits: what a viewer of HEVC and the other codecs makes of it.
  if (!hasAv1) return { format: 'stored', pixelBytes: 4 };
  const highBitDepth = 0x40;
  const deep = properties.some(({ type, data }) => type === 'av1C' && ((data[2] ?? 0) & highBitDepth) !== 0);
  return { format: 'avif', deep };
}

/** A grid of grids of itself. */
function refuseCircles(box: Box | undefined): void {
  if (!box) return;
  const idBytes = versionOf(box.data) === 0 ? 2 : 4;
  const parts = new Map<number, number[]>();
  let references = 0;
  for (const { type, data } of boxesIn(box.data.subarray(fullBoxBytes))) {
    if (type !== 'dimg') continue;
    const reader = new BoxReader(data);
    const whole = reader.uint(idBytes);
    const count = reader.uint(2);
    references += count;
    if (references > maxItems) throw bomb(`pictures put together of more than ${maxItems} others`);
    parts.set(
      whole,
      Array.from({ length: count }, () => reader.uint(idBytes)),
    );
  }
  const depths = new Map<number, number>();
  for (const id of parts.keys()) depthOf(id, parts, depths, 0);
}

function depthOf(
  id: number,
  parts: ReadonlyMap<number, readonly number[]>,
  depths: Map<number, number>,
  above: number,
): number {
  if (above > maxDerivations) throw malformed('pictures that are put together of themselves');
  const known = depths.get(id);
  if (known !== undefined) {
    if (above + known > maxDerivations) throw malformed('pictures that are put together of themselves');
    return known;
  }
  const depth = (parts.get(id) ?? []).reduce(
    (deepest, part) => Math.max(deepest, 1 + depthOf(part, parts, depths, above + 1)),
    0,
  );
  depths.set(id, depth);
  return depth;
}
