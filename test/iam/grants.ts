import type { NamePlace } from './places.ts';
import type { DeployedRole } from './record.ts';

/** One action that one statement of a role allows on one place. */
export interface Grant {
  readonly function: string;
  readonly action: string;
  /** A bucket, table, index, queue ... by its construct's name; many queues together by the statement's own. */
  readonly on: string;
  /** Policy and number of the statement, from 1. */
  readonly statement: string;
  /** ARNs, or patterns of them. */
  readonly resources: readonly string[];
  readonly condition: object;
}

/** A statement on more places than these is about all of their kind. */
const maxPlacesNamed = 3;

const listOf = (value: string | readonly string[]): readonly string[] => [value].flat();

export const statementId = (policy: string, index: number): string => `${policy}#${index}`;

/** What a role is allowed; throws where two grants have one name, since reasons could not tell them apart. */
export function grantsOf(role: DeployedRole, name: string, placeOf: NamePlace): Grant[] {
  const grants = role.policies.flatMap(({ name: policy, policy: { Statement } }) =>
    [Statement].flat().flatMap((statement, at): Grant[] => {
      if (statement.Effect !== 'Allow') return [];
      const resources = listOf(statement.Resource);
      const byPlace = Map.groupBy(resources, placeOf);
      const places: [string, readonly string[]][] =
        byPlace.size > maxPlacesNamed ? [[statement.Sid, resources]] : [...byPlace];
      return listOf(statement.Action).flatMap((action) =>
        places.map(([on, those]) => ({
          ...{ function: name, action, on, resources: those, condition: statement.Condition ?? {} },
          statement: statementId(policy, at + 1),
        })),
      );
    }),
  );
  const seen = new Set<string>();
  for (const grant of grants) {
    const key = `${grant.function} ${grant.action} ${grant.on}`;
    // The same right once more, under conditions of its own: both are looked at as one.
    if (seen.has(key) && !sameResources(grants, grant)) throw new Error(`two grants are named ${key}`);
    seen.add(key);
  }
  return grants;
}

const sameResources = (grants: readonly Grant[], { action, on, resources }: Grant): boolean =>
  grants.every(
    (other) => other.action !== action || other.on !== on || other.resources.join() === resources.join(),
  );

/** Whether a pattern with `*` and `?` covers an ARN. */
export const covers = (pattern: string, arn: string): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  ).test(arn);
