import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import type { z } from 'zod';
import type { TranscodeJob } from '../contract/transcode.ts';
import type { Observer } from './observe.ts';
import { publishMetrics } from './publish-metrics.ts';

export interface StepOptions<Input, Outcome> {
  readonly observer: Observer;
  readonly schema: z.ZodType<Input>;
  /** Expected outcomes are values; what it throws, the workflow tries again. */
  readonly handle: (input: Input) => Promise<Outcome>;
}

export type StepHandler<Outcome> = (event: unknown, context: Context) => Promise<Outcome>;

/** One step of a workflow: its input is the state of the execution, of which it reads what it declares. */
export function stepFunction<Input extends TranscodeJob, Outcome extends { readonly outcome: string }>({
  observer: { logger, metrics },
  schema,
  handle,
}: StepOptions<Input, Outcome>): StepHandler<Outcome> {
  return middy<unknown, Outcome>()
    .use(injectLambdaContext(logger, { clearState: true }))
    .use(publishMetrics(metrics))
    .handler(async (event: unknown): Promise<Outcome> => {
      const input = schema.parse(event);
      const { tenantId, fileId, version, attempt } = input;
      logger.appendKeys({ tenantId, fileId, version, attempt });
      try {
        const outcome = await handle(input);
        logger.info('step ended', { outcome: outcome.outcome });
        return outcome;
      } catch (error) {
        logger.error('step failed', { error: error as Error });
        throw error;
      }
    }) as unknown as StepHandler<Outcome>;
}
