import { describe, expect, it } from 'vitest';
import { WaveformDrawing } from '../../../lambdas/core/video/waveform.ts';

const sampleRate = 1_000;

describe('the waveform', () => {
  it('has the lowest and the highest sample of each pair, in eight bits', () => {
    const drawing = new WaveformDrawing(2, sampleRate, 0.006);

    drawing.add(Int16Array.from([0, 25_600, -25_600]));
    drawing.add(Int16Array.from([256, 512, 32_767]));

    expect(drawing.finish()).toEqual({
      ...{ version: 2, channels: 1, sample_rate: sampleRate, samples_per_pixel: 3, bits: 8 },
      ...{ length: 2, data: [-100, 100, 1, 127] },
    });
  });

  it('joins pairs when there is more than expected, and never has more points than wanted', () => {
    const drawing = new WaveformDrawing(2, sampleRate, 0.002);

    drawing.add(Int16Array.from([256, 512, 768, 1_024, 1_280, 1_536, 1_792]));

    expect(drawing.finish()).toMatchObject({ samples_per_pixel: 4, length: 2, data: [1, 4, 5, 7] });
  });

  it('ends with what is left', () => {
    const drawing = new WaveformDrawing(4, sampleRate, 0.008);

    drawing.add(Int16Array.from([256, 512, -256]));

    expect(drawing.finish()).toMatchObject({ length: 2, data: [1, 2, -1, -1] });
  });

  it('is empty without samples', () => {
    expect(new WaveformDrawing(4, sampleRate, 1).finish()).toMatchObject({ length: 0, data: [] });
  });
});
