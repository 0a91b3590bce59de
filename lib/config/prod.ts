import { defaultLimits } from '../../lambdas/contract/limits.ts';
import type { EnvironmentConfig } from './types.ts';

/** The team's tenants and their users. */
export const prod: EnvironmentConfig = {
  stage: 'prod',
  stable: true,
  auditRetentionDays: 365,
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
  logRetentionDays: 365,
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
