import { listQueues, type QueueDeps, redriveQueue } from '../../core/queues/queues.ts';
import type { authenticated } from '../../runtime/authenticated.ts';
import { ok } from '../../runtime/http-response.ts';
import { queuePath } from '../schemas/queues.ts';

export interface QueueRouteDeps {
  readonly queueing: QueueDeps;
}

export const queueRoutes = (route: ReturnType<typeof authenticated>, { queueing }: QueueRouteDeps) => ({
  listQueues: route('other', async (_request, caller) => ok(await listQueues(queueing, caller))),
  redriveQueue: route('other', async (request, caller) =>
    ok(await redriveQueue(queueing, caller, request.path(queuePath).q)),
  ),
});
