import { markdownTable } from '../../bench/support/report.ts';
import type { LeastPrivilege, RatedGrant } from './least-privilege.ts';

/** Functions x actions as Markdown: used, granted, unused, and then each unused grant with its reason. */
export function reportOf({ grants, denied, calls }: LeastPrivilege): string {
  const functions = [...Map.groupBy(grants, (grant) => grant.function)];
  const table = markdownTable(
    ['function', 'granted', 'used', 'by a service', 'unused', 'actions used'],
    functions.map(([name, own]) => [
      name,
      String(own.length),
      String(count(own, 'called')),
      String(count(own, 'by a service')),
      String(count(own, 'unused')),
      actionsUsed(own),
    ]),
  );
  const unused = grants.filter(({ use }) => use === 'unused');
  return [
    `${calls} kinds of calls, ${denied.length} of them denied. ${grants.length} grants: ${count(grants, 'called')} called, ` +
      `${count(grants, 'by a service')} used by AWS services themselves, ${unused.length} unused.`,
    '',
    table,
    '',
    unused.length === 0
      ? 'Nothing is unused.'
      : markdownTable(
          ['function', 'unused action', 'on', 'reason'],
          unused.map(({ function: name, action, on, reason = '**none**' }) => [name, action, on, reason]),
        ),
    '',
  ].join('\n');
}

const count = (grants: readonly RatedGrant[], use: RatedGrant['use']): number =>
  grants.filter((grant) => grant.use === use).length;

/** `s3:GetObject (Intake, Library), ...` */
const actionsUsed = (grants: readonly RatedGrant[]): string =>
  [
    ...Map.groupBy(
      grants.filter(({ use }) => use === 'called'),
      ({ action }) => action,
    ),
  ]
    .map(([action, those]) => `${action} (${[...new Set(those.map(({ on }) => on))].join(', ')})`)
    .join(', ');
