/** The CRCs that S3 has of whole objects: reflected, beginning and ending with all bits inverted. */
export type CrcName = 'CRC64NVME' | 'CRC32';

interface Polynomial {
  readonly high: number;
  readonly low: number;
  readonly bytes: 4 | 8;
}

const polynomials: Readonly<Record<CrcName, Polynomial>> = {
  CRC64NVME: { high: 0x9a6c9329, low: 0xac4bc9b5, bytes: 8 },
  CRC32: { high: 0, low: 0xedb88320, bytes: 4 },
};

/** Of a stream, chunk by chunk. In halves of 32 bits: numbers have no 64, and BigInt is a hundred times slower. */
export class Crc {
  readonly #polynomial: Polynomial;
  readonly #highs = new Int32Array(256);
  readonly #lows = new Int32Array(256);
  #high: number;
  #low = -1;

  constructor(name: CrcName) {
    this.#polynomial = polynomials[name];
    this.#high = this.#polynomial.bytes === 8 ? -1 : 0;
    for (let byte = 0; byte < 256; byte++) this.#tabulate(byte);
  }

  update(bytes: Uint8Array): void {
    let [high, low] = [this.#high, this.#low];
    for (const byte of bytes) {
      const at = (low ^ byte) & 0xff;
      low = ((low >>> 8) | (high << 24)) ^ (this.#lows[at] as number);
      high = (high >>> 8) ^ (this.#highs[at] as number);
    }
    [this.#high, this.#low] = [high, low];
  }

  /** As S3 writes it: base64 of the big-endian number. */
  base64(): string {
    const bytes = new DataView(new ArrayBuffer(8));
    bytes.setInt32(0, ~this.#high);
    bytes.setInt32(4, ~this.#low);
    return btoa(String.fromCharCode(...new Uint8Array(bytes.buffer, 8 - this.#polynomial.bytes)));
  }

  #tabulate(byte: number): void {
    let [high, low] = [0, byte];
    for (let bit = 0; bit < 8; bit++) {
      const isOdd = low & 1;
      low = (low >>> 1) | (high << 31);
      high >>>= 1;
      if (isOdd) [high, low] = [high ^ this.#polynomial.high, low ^ this.#polynomial.low];
    }
    this.#highs[byte] = high;
    this.#lows[byte] = low;
  }
}
