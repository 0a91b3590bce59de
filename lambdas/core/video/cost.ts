import { type EncodeEstimate, estimateEncode } from './encode-estimate.ts';
import { downloadsOf } from './encoder-outputs.ts';
import { framesPerSecond } from './frame-rate.ts';
import { prices } from './prices.ts';
import type { Probe } from './probe.ts';
import type { EncoderName } from './transcode.ts';
import type { Rung, TranscodePlan } from './transcode-plan.ts';

export interface CostLine {
  /** What is paid for. */
  readonly what: 'hd' | 'sd' | 'sound' | 'function' | 'workflow' | 'uploads';
  readonly quantity: number;
  readonly unit: 'minutes' | 'GB-seconds' | 'transitions' | 'parts';
  /** In the currency of the estimate. */
  readonly amount: number;
}

export interface CostEstimate {
  readonly currency: string;
  readonly amount: number;
  /** Month and region of the prices. */
  readonly asOf: string;
  readonly region: string;
  readonly lines: readonly CostLine[];
}

export interface CostRequest {
  readonly plan: TranscodePlan;
  readonly probe: Probe;
  readonly encoder: EncoderName;
  /** Of the ffmpeg function. */
  readonly vCpus: number;
}

/** Of a function: one comes with every so many MB of its memory. */
const memoryPerVCpuMb = 1_769;
/** Twelve states on its straight way, choices included, and the start. */
const statesOfExecution = 13;
/** As the multipart uploads of both encoders cut them, at least. */
const partBytes = 8 * 1024 ** 2;
/** Lowest line count of what is charged as HD. Upright or lying makes no difference here. */
const hdLines = 720;

/**
 * What a transcode will cost, from its plan alone: the encoder, the workflow, the requests. Not in it are the small steps of the
 * workflow (below a hundredth of a cent), MediaConvert's stills, and what the outputs cost by the month where they lie.
 */
export function estimateCost(request: CostRequest): CostEstimate {
  const { plan, probe, encoder, vCpus } = request;
  const estimate = estimateEncode(plan, probe, vCpus);
  const lines = [
    ...(encoder === 'mediaconvert' ? managedLines(plan) : [functionLine(estimate, vCpus)]),
    line('workflow', statesOfExecution, 'transitions', prices.stateTransition),
    line('uploads', Math.ceil(estimate.diskBytes / partBytes), 'parts', prices.s3Put),
  ];
  const { currency, asOf, region } = prices;
  const amount = rounded(lines.reduce((sum, each) => sum + each.amount, 0));
  return { currency, amount, asOf, region, lines };
}

/** A GB of Lambda's is 1,024 MB. */
const functionLine = ({ seconds }: EncodeEstimate, vCpus: number): CostLine =>
  line('function', (seconds * vCpus * memoryPerVCpuMb) / 1_024, 'GB-seconds', prices.lambdaGbSecond);

/** Every output is encoded, and charged, by itself: the tracks of the stream, and what is for downloading. */
function managedLines(plan: TranscodePlan): readonly CostLine[] {
  const { video, audio, duration } = plan;
  const minutes = Math.max(prices.mediaConvertMinSeconds, Math.ceil(duration)) / 60;
  const { aboveFramesPerSecond, factor } = prices.mediaConvertFast;
  const isFast = video && framesPerSecond(video.frameRate) > aboveFramesPerSecond;
  const outputs = [...(video?.rungs ?? []), ...downloadsOf(plan, 'mediaconvert')];
  const hd = outputs.filter(isHd).length;
  const of = (what: 'hd' | 'sd', count: number): readonly CostLine[] =>
    count === 0
      ? []
      : [line(what, count * minutes, 'minutes', prices.mediaConvertMinute[what] * (isFast ? factor : 1))];
  return [
    ...of('hd', hd),
    ...of('sd', outputs.length - hd),
    // No price of an output of sound alone was found: that of the smallest pictures is surely not below it.
    ...(audio ? [line('sound', minutes, 'minutes', prices.mediaConvertMinute.sd)] : []),
  ];
}

const isHd = ({ width, height }: Rung): boolean => Math.min(width, height) >= hdLines;

const line = (what: CostLine['what'], quantity: number, unit: CostLine['unit'], price: number): CostLine => ({
  what,
  quantity: rounded(quantity),
  unit,
  amount: rounded(quantity * price),
});

/** To a ten-thousandth of a cent: sums stay readable, and nothing that costs anything becomes nothing. */
const rounded = (value: number): number => Math.round(value * 1_000_000) / 1_000_000;
