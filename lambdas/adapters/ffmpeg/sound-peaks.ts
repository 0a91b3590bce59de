import type { AudioPlan } from '../../core/video/transcode-plan.ts';
import { type Waveform, WaveformDrawing } from '../../core/video/waveform.ts';

const sampleBytes = 2;

/** Draws the waveform of samples that come in chunks of any length: two bytes each, the lower one first. */
export class SoundPeaks {
  readonly #drawing: WaveformDrawing;
  #unread: Buffer = Buffer.alloc(0);

  constructor(waveform: { readonly points: number }, { sampleRate }: AudioPlan, seconds: number) {
    this.#drawing = new WaveformDrawing(waveform.points, sampleRate, seconds);
  }

  add(chunk: Buffer): void {
    const bytes = Buffer.concat([this.#unread, chunk]);
    const samples = new Int16Array(Math.floor(bytes.length / sampleBytes));
    for (let index = 0; index < samples.length; index += 1)
      samples[index] = bytes.readInt16LE(index * sampleBytes);
    this.#unread = bytes.subarray(samples.length * sampleBytes);
    this.#drawing.add(samples);
  }

  finish(): Waveform {
    return this.#drawing.finish();
  }
}
