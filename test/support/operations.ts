import type * as z from 'zod';
import type { metricsView } from '../../lambdas/http/schemas/metrics.ts';
import type { queuesView, redrivenView } from '../../lambdas/http/schemas/queues.ts';
import type { healthView } from '../../lambdas/http/schemas/system.ts';
import type { Api, Call } from './api.ts';

/** What operators call, with the answers that the API's own schemas describe. */
export const metrics = (api: Api, query: Call['query'] = {}) =>
  api.call<z.infer<typeof metricsView>>('GET', '/admin/metrics', { query });

export const listQueues = (api: Api) => api.call<z.infer<typeof queuesView>>('GET', '/admin/queues');

export const redrive = (api: Api, queue: string) =>
  api.call<z.infer<typeof redrivenView>>('POST', `/admin/queues/${queue}/redrive`);

export const health = (api: Api, path: '/health' | '/health/storage') =>
  api.call<z.infer<typeof healthView>>('GET', path);
