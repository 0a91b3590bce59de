import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { AuditDeps } from '../../core/audit/audit-event.ts';
import { withDeadline } from '../request-deadline.ts';

const requestTimeoutMs = 5_000;
const maxAttempts = 3;

/** Ids and numbers only: what is published leaves by mail and chat. */
export function createSecurityTopic(topicArn: string): AuditDeps['alert'] {
  const sns = new SNSClient({ requestHandler: withDeadline(requestTimeoutMs), maxAttempts });
  return async (event) => {
    const { tenantId, at, data } = event;
    await sns.send(
      new PublishCommand({
        TopicArn: topicArn,
        Subject: `Sluice security alert: ${data.operation}, risk ${data.risk}`,
        Message: JSON.stringify({ tenantId, at, ...data }, undefined, 2),
      }),
    );
  };
}
