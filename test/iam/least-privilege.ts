import { configFor, withScanner } from '../../lib/config/index.ts';
import { type Synthesized, synthesize } from '../infra/stages.ts';
import { byService } from './by-services.ts';
import { covers, type Grant, grantsOf } from './grants.ts';
import { functionName, placesOf } from './places.ts';
import { isDeniedOnPurpose, type Reason, reasons as writtenReasons } from './reasons.ts';
import type { Call, CallRecord } from './record.ts';
import { simulate } from './simulate.ts';

export interface RatedGrant extends Grant {
  readonly use: 'called' | 'by a service' | 'unused';
  /** Of a grant that no function called. */
  readonly reason?: string;
}

export interface LeastPrivilege {
  /** By function, in the order of the stacks. */
  readonly grants: readonly RatedGrant[];
  readonly denied: readonly string[];
  readonly calls: number;
  /** Reasons for what is used, or not granted at all. */
  readonly staleReasons: readonly Reason[];
}

/** Rates every grant of the functions of the stage by the calls that were recorded of them. */
export async function rate(
  record: CallRecord,
  stage: Synthesized,
  reasons: readonly Reason[] = writtenReasons,
): Promise<LeastPrivilege> {
  const { deployed, calls } = record;
  const placeOf = placesOf(deployed, stage.resources);
  const used = new Set<Grant>();
  const denied: string[] = [];
  const rated: RatedGrant[] = [];
  let simulated = 0;
  for (const { role, name } of functionRoles(record, stage)) {
    const grants = grantsOf(role, name, placeOf);
    for (const call of calls.filter((each) => each.role === role.name)) {
      simulated += 1;
      const { allowed, by, why } = await simulate(call, role, record);
      if (!allowed && !isDeniedOnPurpose(call)) denied.push(`${name}: ${describe(call)}: ${why}`);
      for (const grant of grants) {
        if (by.includes(grant.statement) && isFor(grant, call)) used.add(grant);
      }
    }
    const own = deployed.sources.filter(({ roleArn }) => roleArn === role.arn);
    const wiring = {
      sources: own.map(({ sourceArn }) => sourceArn),
      failures: own.flatMap(({ failuresArn }) => failuresArn ?? []),
    };
    rated.push(
      ...grants.map((grant): RatedGrant => {
        if (used.has(grant)) return { ...grant, use: 'called' };
        const service = byService(grant, wiring);
        if (service) return { ...grant, use: 'by a service', reason: service };
        const written = reasons.find((reason) => isAbout(reason, grant))?.why;
        return { ...grant, use: 'unused', ...(written && { reason: written }) };
      }),
    );
  }
  return {
    grants: rated,
    denied,
    calls: simulated,
    staleReasons: reasons.flatMap((reason) => withoutUse(reason, rated)),
  };
}

/** What the recorded calls were made of: the local stage with the scanner that the tests had. */
export const stageOf = ({ deployed }: Pick<CallRecord, 'deployed'>): Synthesized =>
  synthesize(withScanner(configFor('local'), deployed.scanner));

/** The deployed roles of the functions and of those that functions assume. */
export function functionRoles({ deployed }: Pick<CallRecord, 'deployed'>, stage: Synthesized) {
  const made = new Map(deployed.resources.map((each) => [`${each.stack} ${each.id}`, each.physicalId]));
  return stage.ofType('AWS::IAM::Role').flatMap(({ stack, id, path }) => {
    const role = deployed.roles.find(({ name }) => name === made.get(`${stack} ${id}`));
    return role ? [{ role, name: functionName(path), stack, id }] : [];
  });
}

const isFor = ({ action, resources }: Grant, call: Call): boolean =>
  action === call.action && resources.some((pattern) => covers(pattern, call.resource));

const isAbout = (reason: Reason, grant: Grant): boolean =>
  reason.functions.includes(grant.function) &&
  reason.actions.includes(grant.action) &&
  reason.on.includes(grant.on);

/**
 * What a reason names and no unused grant has: each of its functions, actions and places must be one's. A reason of
 * functions that this stage does not have waits for one that does.
 */
const withoutUse = (reason: Reason, rated: readonly RatedGrant[]): Reason[] => {
  if (!rated.some((grant) => reason.functions.includes(grant.function))) return [];
  const explained = rated.filter(
    (grant) => (grant.use === 'unused' || reason.byChance) && isAbout(reason, grant),
  );
  const stale = {
    functions: reason.functions.filter((name) => !explained.some((grant) => grant.function === name)),
    actions: reason.actions.filter((action) => !explained.some((grant) => grant.action === action)),
    on: reason.on.filter((place) => !explained.some(({ on }) => on === place)),
  };
  return Object.values(stale).every((names) => names.length === 0) ? [] : [{ ...reason, ...stale }];
};

const describe = ({ action, resource, context }: Call): string =>
  `${action} on ${resource} ${JSON.stringify(context)}`;
