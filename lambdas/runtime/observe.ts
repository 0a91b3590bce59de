import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { metricService, metricsNamespace } from '../contract/metrics.ts';

export interface Observer {
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** One logger and one set of metrics a function; dimensions are bounded, never tenant or user ids (DESIGN 8). */
export const createObserver = (service: string, stage: string): Observer => ({
  logger: new Logger({ serviceName: service, persistentKeys: { stage } }),
  metrics: new Metrics({
    namespace: metricsNamespace,
    serviceName: metricService,
    defaultDimensions: { stage },
  }),
});
