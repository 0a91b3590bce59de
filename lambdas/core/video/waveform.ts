const bitsOfPeak = 8;
const bitsOfSample = 16;

/** Version 2 of audiowaveform's data format, of one channel: pairs of the lowest and the highest sample. */
export interface Waveform {
  readonly version: 2;
  readonly channels: 1;
  /** Hz. */
  readonly sample_rate: number;
  readonly samples_per_pixel: number;
  readonly bits: 8;
  /** Pairs. */
  readonly length: number;
  readonly data: readonly number[];
}

/**
 * Draws at most `points` pairs of samples as they come. How many there are is not sure before the end: where there are more
 * than `expectedSeconds` of them, two pairs become one each time that they do not fit.
 */
export class WaveformDrawing {
  readonly #sampleRate: number;
  readonly #points: number;
  #samplesPerPair: number;
  #data: number[] = [];
  #low = 0;
  #high = 0;
  #samples = 0;

  constructor(points: number, sampleRate: number, expectedSeconds: number) {
    this.#sampleRate = sampleRate;
    this.#points = points;
    this.#samplesPerPair = Math.max(1, Math.ceil((expectedSeconds * sampleRate) / points));
  }

  /** Samples of 16 bits. */
  add(samples: Int16Array): void {
    for (const sample of samples) {
      if (this.#samples === 0) this.#startPair(sample);
      else if (sample < this.#low) this.#low = sample;
      else if (sample > this.#high) this.#high = sample;
      this.#samples += 1;
      if (this.#samples === this.#samplesPerPair) this.#endPair();
    }
  }

  finish(): Waveform {
    if (this.#samples > 0) this.#endPair();
    return {
      version: 2,
      channels: 1,
      sample_rate: this.#sampleRate,
      samples_per_pixel: this.#samplesPerPair,
      bits: bitsOfPeak,
      length: this.#data.length / 2,
      data: this.#data,
    };
  }

  #startPair(sample: number): void {
    if (this.#data.length === 2 * this.#points) this.#halve();
    this.#low = sample;
    this.#high = sample;
  }

  #endPair(): void {
    const shift = bitsOfSample - bitsOfPeak;
    this.#data.push(this.#low >> shift, this.#high >> shift);
    this.#samples = 0;
  }

  #halve(): void {
    const halved: number[] = [];
    for (let at = 0; at < this.#data.length; at += 4) {
      const [low = 0, high = 0, nextLow = low, nextHigh = high] = this.#data.slice(at, at + 4);
      halved.push(Math.min(low, nextLow), Math.max(high, nextHigh));
    }
    this.#data = halved;
    this.#samplesPerPair *= 2;
  }
}
