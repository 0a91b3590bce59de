import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { createEventBus } from '../../../lambdas/adapters/eventbridge/event-bus.ts';
import { eventSchema } from '../../../lambdas/contract/events.ts';
import { eventOf } from '../../../lambdas/core/files/event.ts';
import { file, startOfTime } from '../../support/domain.ts';

process.env.AWS_REGION ??= 'eu-west-1';
const events = Array.from({ length: 23 }, (_, n) =>
  eventOf(file(), { eventId: `E${n}`, at: startOfTime }),
).filter((event) => event !== undefined);

describe('the bus', () => {
  it('takes ten at a time, each as the contract says', async () => {
    const bus = mockClient(EventBridgeClient);
    bus.on(PutEventsCommand).resolves({ FailedEntryCount: 0 });
    await createEventBus('sluice').publish(events);
    const batches = bus.commandCalls(PutEventsCommand).map(({ args }) => args[0].input.Entries ?? []);
    expect(batches.map((batch) => batch.length)).toEqual([10, 10, 3]);
    const [first] = batches.flat();
    expect(first).toMatchObject({ EventBusName: 'sluice', Source: 'sluice', DetailType: 'file.initiated' });
    expect(eventSchema.parse(JSON.parse(first?.Detail ?? ''))).toEqual(events[0]);
  });

  it('that refuses one event refuses the publication: it will be tried again', async () => {
    const bus = mockClient(EventBridgeClient);
    bus.on(PutEventsCommand).resolves({
      FailedEntryCount: 1,
      Entries: [{ EventId: '1' }, { ErrorCode: 'ThrottlingException', ErrorMessage: 'slow' }],
    });
    await expect(createEventBus('sluice').publish(events.slice(0, 2))).rejects.toThrow('ThrottlingException');
  });
});
