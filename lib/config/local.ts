import { localEdgeSecret } from '../../lambdas/contract/env.ts';
import { defaultLimits } from '../../lambdas/contract/limits.ts';
import type { EnvironmentConfig } from './types.ts';

/** One machine, the local engine (DESIGN 9). Nothing here ever runs on AWS. */
export const local: EnvironmentConfig = {
  stage: 'local',
  stable: false,
  auditRetentionDays: 1,
  corsOrigins: ['http://localhost:4000', 'http://127.0.0.1:4000', 'http://localhost:5173'],
  auth: {
    kind: 'cognito',
    callbackUrls: ['http://localhost:4000/app/'],
    mfa: 'optional',
    accessTokenMinutes: 60,
    refreshTokenDays: 30,
  },
  passwordLogin: true,
  scanner: 'local-signatures',
  video: { encoder: 'ffmpeg' },
  throttle: { requestsPerSecond: 1_000, burst: 2_000 },
  logRetentionDays: 1,
  limits: {
    ...defaultLimits,
    // On one machine nobody waits for a quarter of an hour to see what is scanned again.
    inspection: { ...defaultLimits.inspection, rescanSpreadSeconds: 0 },
    // Nobody waits a minute on one machine. An execution ends with the engine: its file is sent again after an hour, not a day.
    video: { ...defaultLimits.video, admitWaitSeconds: 2, workflowSeconds: 3_600 },
    // Four files of a lane keep its cores busy; half of the 20 that the lane allows would never be reached.
    pipeline: { ...defaultLimits.pipeline, tenantShare: 0.2 },
  },
  // The engine looks at a queue a few times a second and takes one batch then: of single messages it would put off so few
  // that a tenant's flood, however small its share, would keep everybody behind it.
  batchSizes: { inspect: 10 },
  eventBatchSeconds: 1,
  tracing: false,
  encryption: 's3',
  noncurrentDays: 1,
  reserveSweep: false,
  edge: { kind: 'local-front', secret: localEdgeSecret },
  s3PathStyle: true,
};
