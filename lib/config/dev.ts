import { defaultLimits } from '../../lambdas/contract/limits.ts';
import type { EnvironmentConfig } from './types.ts';

/** For trying things on AWS: cheap, and gone when its stacks are deleted. */
export const dev: EnvironmentConfig = {
  stage: 'dev',
  stable: false,
  auditRetentionDays: 1,
  corsOrigins: ['http://localhost:5173'],
  auth: {
    kind: 'cognito',
    callbackUrls: ['http://localhost:5173/app/'],
    mfa: 'optional',
    accessTokenMinutes: 60,
    refreshTokenDays: 30,
  },
  passwordLogin: true,
  scanner: 'guardduty',
  video: { encoder: 'ffmpeg' },
  throttle: { requestsPerSecond: 1_000, burst: 2_000 },
  logRetentionDays: 7,
  limits: defaultLimits,
  eventBatchSeconds: 5,
  tracing: false,
  encryption: 's3',
  noncurrentDays: 1,
  reserveSweep: false,
  observability: {},
  edge: { kind: 'cloudfront' },
  s3PathStyle: false,
};
