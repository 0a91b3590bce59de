import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import { createDb } from '../adapters/dynamodb/client.ts';
import { createTranscodeStore } from '../adapters/dynamodb/transcode-store.ts';
import { envNames } from '../contract/env.ts';
import { encodingProgress } from '../contract/messages.ts';
import { clock } from '../runtime/clock.ts';
import { readEnv } from '../runtime/env.ts';
import { createObserver } from '../runtime/observe.ts';

/** What MediaConvert tells of a job, as the account's bus brings it: late, twice or not at all. Progress only grows. */
function wire() {
  const env = readEnv([envNames.stage, envNames.table]);
  const { logger } = createObserver('transcode-progress', env.SLUICE_STAGE);
  const transcodes = createTranscodeStore(createDb(env.TABLE_NAME));
  return middy()
    .use(injectLambdaContext(logger, { clearState: true }))
    .handler(async (event: unknown) => {
      const { userMetadata: job, jobProgress } = encodingProgress.parse(event).detail;
      // Nothing yet: that it has begun is worth noting.
      await transcodes.noteProgress(job, jobProgress?.jobPercentComplete ?? 0, clock.now());
    });
}

export const handler = wire();
