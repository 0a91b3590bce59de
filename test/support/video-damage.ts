/** Where the box `type` begins: its size lies four bytes before. */
function boxAt(bytes: Buffer, type: string): number {
  const at = bytes.indexOf(type, 0, 'latin1');
  if (at < 4) throw new Error(`There is no ${type} in it.`);
  return at - 4;
}

/** Of the box `tkhd` of version 0: header 8, version and flags 4, times, id and duration 20, layer and volume 16. */
const matrixInTrackHeader = 48;

/** A QuickTime file whose first track is shown turned by 90 degrees clockwise. */
export function rotated(bytes: Buffer): Buffer {
  const turned = Buffer.from(bytes);
  const one = 1 << 16;
  const matrix = boxAt(turned, 'tkhd') + matrixInTrackHeader;
  // Nine numbers: the last of each three is a fraction of 30 bits, the rest of 16.
  [0, one, 0, -one, 0, 0, 0, 0, 1 << 30].forEach((value, index) => {
    turned.writeInt32BE(value, matrix + 4 * index);
  });
  return turned;
}

/** Noise, the same each time, over what the box holds; without a box over the first 600 bytes. */
export function damaged(bytes: Buffer, type?: string): Buffer {
  const noisy = Buffer.from(bytes);
  const start = type === undefined ? 0 : boxAt(noisy, type) + 8;
  const end = type === undefined ? 600 : start - 8 + noisy.readUInt32BE(start - 8);
  let state = 1;
  for (let at = start; at < end; at += 1) {
    state = (state * 48_271) % 0x7fff_ffff;
    noisy[at] = state;
  }
  return noisy;
}

/** The first `share` of the bytes. */
export const brokenOff = (bytes: Buffer, share: number): Buffer => bytes.subarray(0, bytes.length * share);

/** The same with another name for its codec. */
export function recoded(bytes: Buffer, from: string, to: string): Buffer {
  const renamed = Buffer.from(bytes);
  renamed.write(to, boxAt(renamed, from) + 4, 'latin1');
  return renamed;
}
