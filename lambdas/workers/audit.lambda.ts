import { createAuditStore } from '../adapters/dynamodb/audit-store.ts';
import { createDb } from '../adapters/dynamodb/client.ts';
import { createEventLog } from '../adapters/dynamodb/event-log.ts';
import { createSecurityTopic } from '../adapters/sns/security-topic.ts';
import { createSqs } from '../adapters/sqs/file-queues.ts';
import { envNames } from '../contract/env.ts';
import { busMessage } from '../contract/messages.ts';
import { metricNames } from '../contract/metrics.ts';
import { auditEvent } from '../core/audit/audit-event.ts';
import type { DomainEvent } from '../core/files/event.ts';
import { clock } from '../runtime/clock.ts';
import { readEnv } from '../runtime/env.ts';
import { createObserver } from '../runtime/observe.ts';
import { storeSettings } from '../runtime/settings.ts';
import { sqsWorker } from '../runtime/sqs-worker.ts';

function wire() {
  const env = readEnv([envNames.stage, envNames.limits, envNames.table, envNames.securityTopic]);
  const limits = env.SLUICE_LIMITS;
  const observer = createObserver('audit', env.SLUICE_STAGE);
  const db = createDb(env.TABLE_NAME);
  const deps = {
    now: clock.now,
    store: createAuditStore(db, { keepSeconds: limits.audit.keepSeconds, policy: limits }),
    events: createEventLog(db, storeSettings(limits)),
    alert: createSecurityTopic(env.SECURITY_TOPIC_ARN),
    alertAboveHundredths: limits.audit.alertAboveHundredths,
  };
  return sqsWorker({
    observer,
    sqs: createSqs(),
    schema: busMessage,
    retry: limits.pipeline,
    handle: async ({ detail }) => {
      const outcome = await auditEvent(deps, detail as DomainEvent);
      if (outcome === 'repeated') return;
      observer.metrics.addMetric(metricNames.auditRecords, 'Count', 1);
      if (outcome === 'recorded') return;
      observer.metrics.addMetric(metricNames.securityAlerts, 'Count', 1);
      observer.logger.warn('security alert', { recordId: detail.eventId, type: detail.type });
    },
  });
}

export const handler = wire();
