/** Reads bits from the most significant one on; zeros beyond the end, where the caller finds `spent`. */
class Bits {
  private readonly bytes: Uint8Array;
  private at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get spent(): boolean {
    return this.at > 8 * this.bytes.length;
  }

  take(count: number): number {
    let value = 0;
    for (let index = 0; index < count; index += 1) {
      const byte = this.bytes[this.at >> 3] ?? 0;
      value = value * 2 + ((byte >> (7 - (this.at & 7))) & 1);
      this.at += 1;
    }
    return value;
  }
}

const sequenceHeader = 1;

/**
 * The largest frame that an AV1 stream announces in its sequence header (AV1 5.5), which is what a decoder allocates,
 * whatever the container says; undefined where these first bytes of an item hold none.
 */
export function av1FrameSize(
  bytes: Uint8Array,
): { readonly width: number; readonly height: number } | undefined {
  const maxUnits = 8;
  let at = 0;
  for (let unit = 0; unit < maxUnits && at < bytes.length; unit += 1) {
    const header = bytes[at] ?? 0;
    const type = (header >> 3) & 15;
    const hasExtension = (header & 4) !== 0;
    const hasSize = (header & 2) !== 0;
    at += hasExtension ? 2 : 1;
    let length = bytes.length - at;
    if (hasSize) {
      const size = leb128(bytes, at);
      at += size.bytes;
      length = size.value;
    }
    if (type === sequenceHeader) return sizeOf(new Bits(bytes.subarray(at, at + length)));
    at += length;
  }
  return undefined;
}

function leb128(bytes: Uint8Array, at: number): { value: number; bytes: number } {
  let value = 0;
  for (let index = 0; index < 8; index += 1) {
    const byte = bytes[at + index] ?? 0;
    value += (byte & 0x7f) * 2 ** (7 * index);
    if ((byte & 0x80) === 0) return { value, bytes: index + 1 };
  }
  return { value, bytes: 8 };
}

function sizeOf(bits: Bits) {
  bits.take(3 + 1);
  const reducedStill = bits.take(1) === 1;
  if (reducedStill) bits.take(5);
  else skipOperatingPoints(bits);
  const widthBits = bits.take(4) + 1;
  const heightBits = bits.take(4) + 1;
  const width = bits.take(widthBits) + 1;
  const height = bits.take(heightBits) + 1;
  return bits.spent ? undefined : { width, height };
}

function skipOperatingPoints(bits: Bits): void {
  const hasTiming = bits.take(1) === 1;
  let delayBits = 0;
  let hasDecoderModel = false;
  if (hasTiming) {
    bits.take(32);
    bits.take(32);
    if (bits.take(1) === 1) skipUvlc(bits);
    hasDecoderModel = bits.take(1) === 1;
    if (hasDecoderModel) {
      delayBits = bits.take(5) + 1;
      bits.take(32 + 5 + 5);
    }
  }
  const hasInitialDelay = bits.take(1) === 1;
  const points = bits.take(5) + 1;
  for (let point = 0; point < points; point += 1) {
    bits.take(12);
    if (bits.take(5) > 7) bits.take(1);
    if (hasDecoderModel && bits.take(1) === 1) bits.take(2 * delayBits + 1);
    if (hasInitialDelay && bits.take(1) === 1) bits.take(4);
  }
}

function skipUvlc(bits: Bits): void {
  let zeros = 0;
  while (zeros < 32 && !bits.spent && bits.take(1) === 0) zeros += 1;
  if (zeros < 32) bits.take(zeros);
}
