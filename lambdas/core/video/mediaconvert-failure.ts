import type { RefusalReason } from './probe.ts';
import type { TranscodeRef, TranscodeStore } from './transcode.ts';

/** What a step of the workflow failed with. */
export interface StepFailure {
  readonly Error: string;
  /** Of a job that ended in an error: the job as JSON. */
  readonly Cause: string;
}

/**
 * The errors of MediaConvert that are the source's fault, by their documented numbers. All others are ours or the
 * service's: settings, permissions, a place that is missing, trouble inside.
 */
const faults: Readonly<Record<number, RefusalReason>> = {
  // No pictures in what could be opened and read.
  1020: 'not_a_video',
  // Codec or container.
  1030: 'unsupported_codec',
  // It cannot be taken apart.
  1075: 'malformed',
  // It ends before its time.
  1076: 'malformed',
  // The codec of its sound is a known one, but what was recorded by it is not.
  1092: 'malformed',
};

/** "Cannot be opened" has causes of both kinds; this one is the source's. */
const openError = 1010;
const noParser = /no parser/i;

/** Why nothing can be made of the source; undefined where that is not what a step failed with. */
export function refusalOfFailure({ Cause }: StepFailure): RefusalReason | undefined {
  const { code, message } = errorOf(Cause);
  if (code === openError && noParser.test(message)) return 'unsupported_codec';
  return faults[code];
}

/** Keeps the reason where a job tells one, for who settles the file; everything else has failed. */
export async function judgeFailure(
  { transcodes }: { readonly transcodes: Pick<TranscodeStore, 'save'> },
  job: TranscodeRef,
  failure: StepFailure,
): Promise<'refused' | 'failed'> {
  const refused = refusalOfFailure(failure);
  if (refused) await transcodes.save(job, { refused });
  return refused ? 'refused' : 'failed';
}

/** Step Functions writes the job as its API answers it, in capitals or not. */
function errorOf(cause: string): { readonly code: number; readonly message: string } {
  const job = ofJob(parsed(cause));
  const code = job.ErrorCode ?? job.errorCode;
  const message = job.ErrorMessage ?? job.errorMessage;
  return { code: Number(code ?? Number.NaN), message: typeof message === 'string' ? message : '' };
}

type Fields = Readonly<Record<string, unknown>>;

const ofJob = (answer: Fields): Fields => fieldsOf(answer.Job) ?? fieldsOf(answer.job) ?? answer;

function parsed(text: string): Fields {
  try {
    return fieldsOf(JSON.parse(text)) ?? {};
  } catch {
    return {};
  }
}

const fieldsOf = (value: unknown): Fields | undefined =>
  typeof value === 'object' && value !== null ? (value as Fields) : undefined;
