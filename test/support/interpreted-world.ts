import { ExecutionError, StateMachine } from 'aws-local-stepfunctions';
import { executionName } from '../../lambdas/contract/transcode.ts';
import { outputNames } from '../../lambdas/core/video/encoded.ts';
import { judgeFailure } from '../../lambdas/core/video/mediaconvert-failure.ts';
import { mediaConvertSettings } from '../../lambdas/core/video/mediaconvert-job.ts';
import type { TranscodeRef } from '../../lambdas/core/video/transcode.ts';
import { file } from './domain.ts';
import { VideoWorld } from './video-world.ts';

// biome-ignore lint/suspicious/noExplicitAny: states of an execution are JSON of any shape
type Json = any;

const withoutPauses = {
  waitTimeOverrides: { 'Wait for an encoder': 0 },
  retryIntervalOverrides: Object.fromEntries(
    ['Probe', 'Admit', 'Encode', 'MediaConvert', 'Verify', 'Settle'].map((name) => [name, 0]),
  ),
};

/** As Step Functions throws it: an error by its name, its cause a text. */
export const failing = (name: string, cause: string): Error => Object.assign(new Error(cause), { name });
export async function succeeds(): Promise<Json> {
  return { Job: { Id: '1', Status: 'COMPLETE' } };
}

/**
 * The state machine of a stage that encodes by MediaConvert, as it was synthesized, in an interpreter of the Amazon States
 * Language. Its steps are the core's own over models of the table and the bucket; MediaConvert is a script.
 */
export class InterpretedWorld extends VideoWorld {
  override encoderName = 'mediaconvert' as const;
  /** What MediaConvert does with each request of one execution; the last one is repeated. */
  script: readonly ((world: InterpretedWorld, request: Json) => Promise<Json>)[] = [succeeds];
  /** Admissions for which every encoder is taken. */
  fullFor = 0;
  /** Calls of the last step that end before it has done anything. */
  settleDiesFor = 0;
  /** Tasks as they ran, of all executions. */
  readonly ran: string[] = [];
  readonly requests: Json[] = [];
  /** How each execution ended. */
  readonly ends: string[] = [];

  readonly #definition: () => Json;

  /** @param definition of the state machine, in the Amazon States Language */
  constructor(definition: () => Json) {
    super(
      file({
        ...{ status: 'stored', accounting: 'used', filename: 'a.mp4', mimeType: 'video/mp4', renditions: {} },
        ...{ libraryKey: 'tenants/acme/files/2026/11/21/F1.mp4', libraryVersionId: 'L1' },
      }),
    );
    this.#definition = definition;
  }

  override async run(job: TranscodeRef): Promise<void> {
    const context = { Execution: { Name: executionName(job) } };
    const { tenantId, fileId, version, attempt } = job;
    const execution = new StateMachine(this.#definition(), { validationOptions: { noValidate: true } }).run(
      { tenantId, fileId, version, attempt },
      { context, overrides: { ...withoutPauses, taskResourceLocalHandlers: this.#tasks() } },
    );
    try {
      await execution.result;
      this.ends.push('SUCCEEDED');
    } catch (error) {
      if (!(error instanceof ExecutionError)) throw error;
      this.ends.push('FAILED');
    }
  }

  #tasks(): Record<string, (state: Json) => Promise<Json>> {
    const steps: Record<string, (state: Json) => Promise<Json>> = {
      Probe: (state) => this.probe(state),
      Admit: (state) => this.#admitted(state),
      MediaConvert: (request) => this.#created(request),
      Encode: (state) => this.encode(state),
      Verify: (state) => this.#verified(state),
      Settle: (state) => this.#settled(state),
    };
    return Object.fromEntries(
      Object.entries(steps).map(([name, step]) => [
        name,
        async (input: Json) => {
          this.ran.push(name);
          return step(input);
        },
      ]),
    );
  }

  async #admitted(job: TranscodeRef): Promise<Json> {
    const full = this.fullFor > 0;
    this.fullFor -= 1;
    this.leaseBounds = { encodersMax: full ? 0 : 2, tenantShare: 1 };
    const admission = await this.admit(job);
    if (admission.outcome === 'wait') this.world.pass(admission.seconds);
    if (admission.outcome !== 'admitted') return admission;
    const { outcome, encoder, plan, probe } = admission;
    const settings = mediaConvertSettings({
      ...{ plan, probe, inputUri: 's3://library/tenants/acme/files/2026/11/21/F1.mp4' },
      folderUri: 's3://derived/tenants/acme/videos/F1/v1/',
    });
    return { outcome, encoder, settings };
  }

  async #created(request: Json): Promise<Json> {
    this.requests.push(request);
    const act = this.script[Math.min(this.requests.length, this.script.length) - 1] ?? succeeds;
    return act(this, request);
  }

  async #verified(job: TranscodeRef): Promise<Json> {
    const names = [outputNames.rung('720p'), outputNames.poster, outputNames.stream];
    const files = names.map((name) => ({ name, mimeType: 'video/mp4', bytes: 1_000 }));
    const saved = await this.current.transcodes.save(job, { files });
    return { outcome: saved ? 'verified' : 'gone' };
  }

  async #settled({ failure, ...job }: Json): Promise<Json> {
    this.settleDiesFor -= 1;
    if (this.settleDiesFor >= 0) throw failing('Lambda.Unknown', 'killed');
    const judged = failure && (await judgeFailure(this.current, job, failure));
    const { outcome } = await this.settleJob({ ...job, ...(judged === 'failed' && { failed: true }) });
    return { outcome, ...(judged === 'refused' && { refused: true }) };
  }
}
