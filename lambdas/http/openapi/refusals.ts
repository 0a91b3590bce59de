import type { Route } from '../../contract/routes.ts';
import { type ErrorCode, statusOf, titleOf } from '../../core/error-codes.ts';
import { problem } from '../schemas/shapes.ts';
import type { Components, JsonSchema } from './components.ts';
import type { Operation } from './operation.ts';

/** What every call may be refused with that has a sign-in, beside what its own operation names. */
const everyCaller: readonly ErrorCode[] = [
  'unauthenticated',
  'forbidden',
  'tenant_suspended',
  'user_inactive',
  'region_blocked',
  'rate_limited',
  'capacity_exceeded',
];

const gatewayAnswer: JsonSchema = {
  type: 'object',
  description: 'What API Gateway answers by itself, before any function is asked.',
  properties: { message: { type: 'string' } },
};

/**
 * Statuses that API Gateway answers by itself: a token it does not accept, a body above 10 MB, its throttle, its own
 * trouble.
 */
const gatewayStatuses = (route: Route): readonly number[] =>
  route.auth === 'jwt' ? [401, 413, 429, 503] : [413, 429, 503];

/** A request line with headers above API Gateway's 10,240 bytes; what comes with it is not ours to promise. */
const tooLongHead = { 431: { description: 'The URL and the headers are too long together' } };

/** Refusals that may say when another attempt makes sense: a repeat beside its first, a bound in time, trouble that passes. */
const waits = new Set([409, 429, 503]);

/** One response per status, each with the codes that explain it. */
export function refusalResponses(
  route: Route,
  operation: Operation,
  components: Components,
): Record<string, unknown> {
  components.refer('Problem', problem, 'output');
  components.schemas.GatewayAnswer = gatewayAnswer;
  const byStatus = new Map<number, Set<ErrorCode>>();
  for (const code of codesOf(route, operation)) {
    const status = statusOf(code);
    byStatus.set(status, (byStatus.get(status) ?? new Set()).add(code));
  }
  const ofGateway = gatewayStatuses(route);
  const statuses = [...new Set([...byStatus.keys(), ...ofGateway])].sort((a, b) => a - b);
  const described = statuses.map((status) => [
    status,
    {
      ...response([...(byStatus.get(status) ?? [])], ofGateway.includes(status)),
      ...(waits.has(status) && { headers: { 'Retry-After': { $ref: '#/components/headers/Retry-After' } } }),
    },
  ]);
  return { ...Object.fromEntries(described), ...tooLongHead };
}

function codesOf(route: Route, { body, query, headers, refusals = [] }: Operation): readonly ErrorCode[] {
  const takesInput = body ?? query ?? headers ?? /\{/.test(route.path);
  return [
    ...(takesInput ? (['validation_failed'] as const) : []),
    ...(route.auth === 'jwt' ? everyCaller : []),
    ...refusals,
    'storage_unavailable',
    'internal',
  ];
}

function response(codes: readonly ErrorCode[], fromGateway: boolean): Record<string, unknown> {
  const described = codes.map((code) => `\`${code}\`: ${titleOf(code)}`);
  if (fromGateway) described.push(`${codes.length > 0 ? 'or ' : ''}API Gateway itself, in its own words`);
  return {
    description: described.join('; '),
    content: {
      ...(codes.length > 0 && {
        'application/problem+json': { schema: problemWith(codes) },
      }),
      ...(fromGateway && { 'application/json': { schema: { $ref: '#/components/schemas/GatewayAnswer' } } }),
    },
  };
}

/** Which codes of its status this very call can refuse with. */
const problemWith = (codes: readonly ErrorCode[]): JsonSchema => ({
  allOf: [{ $ref: '#/components/schemas/Problem' }, { properties: { code: { enum: codes } } }],
});
