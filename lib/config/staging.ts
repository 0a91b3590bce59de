import { defaultLimits } from '../../lambdas/contract/limits.ts';
import type { EnvironmentConfig } from './types.ts';

/** As production, with shorter memories: what production refuses, staging has to refuse first. */
export const staging: EnvironmentConfig = {
  stage: 'staging',
  stable: true,
  auditRetentionDays: 30,
  corsOrigins: [],
  auth: {
    kind: 'cognito',
    callbackUrls: [],
    mfa: 'optional',
    accessTokenMinutes: 60,
    refreshTokenDays: 30,
  },
  passwordLogin: false,
  scanner: 'guardduty',
  video: { encoder: 'mediaconvert' },
  throttle: { requestsPerSecond: 1_000, burst: 2_000 },
  logRetentionDays: 30,
  limits: defaultLimits,
  eventBatchSeconds: 5,
  tracing: true,
  encryption: 'kms',
  infrequentAccessAfterDays: 90,
  noncurrentDays: 30,
  reserveSweep: true,
  observability: {},
  edge: { kind: 'cloudfront' },
  s3PathStyle: false,
};
