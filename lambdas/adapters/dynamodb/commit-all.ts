import type { Change } from '../../core/files/change.ts';
import { effectsOf } from '../../core/files/effects.ts';
import type { CommitOutcome } from '../../core/ports.ts';
import type { Db } from './client.ts';
import { type CommitSettings, type CommitStep, commit, commitSteps } from './commit.ts';
import { ensureFolder } from './folder-item.ts';
import { type Step, transact } from './transact.ts';

/** DynamoDB's bound for one transaction. */
const maxSteps = 100;

/** How often the folders of a group are made that somebody deletes again, before its changes go one by one. */
const maxFolderRounds = 3;

/** A step of one change, or of several: counts that they move together. */
interface GroupStep extends CommitStep {
  readonly of: readonly Change[];
}

interface Group {
  readonly changes: Change[];
  readonly steps: Map<string, GroupStep>;
}

/**
 * Commits changes of many files in as few transactions as they fit into: each is still all or nothing, and stands on
 * its own condition. What one change is refused for does not hold up the others.
 */
export const commitAll =
  (db: Db, settings: CommitSettings) =>
  async (changes: readonly Change[]): Promise<readonly CommitOutcome[]> => {
    const outcomes = new Map<Change, CommitOutcome>();
    for (const group of groupsOf(db.table, changes, settings)) {
      await commitGroup(db, settings, group, outcomes);
    }
    return changes.map((change) => outcomes.get(change) ?? 'changed');
  };

/** In the order of the changes: what cannot go with the others of a group begins the next one. */
export function groupsOf(
  table: string,
  changes: readonly Change[],
  settings: CommitSettings,
): readonly Group[] {
  const groups: Group[] = [];
  for (const change of changes) {
    const steps = commitSteps(table, change, settings);
    const last = groups.at(-1);
    if (last && join(last, change, steps)) continue;
    const group: Group = { changes: [], steps: new Map() };
    join(group, change, steps);
    groups.push(group);
  }
  return groups;
}

/** False, and the group stays as it is, where the steps do not fit. */
function join(group: Group, change: Change, steps: readonly CommitStep[]): boolean {
  const joined = new Map<string, GroupStep>();
  for (const { step, failure } of steps) {
    const key = keyOf(step);
    const there = group.steps.get(key);
    if (!there) joined.set(key, { step, failure, of: [change] });
    else {
      const both = sumOf(there.step, step);
      if (!both) return false;
      const meaning = there.failure === 'no_folder' ? there.failure : failure;
      joined.set(key, { step: both, failure: meaning, of: [...there.of, change] });
    }
  }
  if (new Set([...group.steps.keys(), ...joined.keys()]).size > maxSteps) return false;
  for (const [key, step] of joined) group.steps.set(key, step);
  group.changes.push(change);
  return true;
}

function keyOf({ Put, Update, Delete, ConditionCheck }: Step): string {
  const { pk, sk } = Put?.Item ?? Update?.Key ?? Delete?.Key ?? ConditionCheck?.Key ?? {};
  return JSON.stringify([pk, sk]);
}

/** Two updates that add to the same item as one; undefined for whatever is no plain addition. */
function sumOf({ Update: one }: Step, { Update: other }: Step): Step | undefined {
  if (!one || !other || one.UpdateExpression !== other.UpdateExpression) return undefined;
  if (!one.UpdateExpression?.startsWith('ADD ') || one.ConditionExpression !== other.ConditionExpression) {
    return undefined;
  }
  // A bound that a condition names belongs to one change alone.
  if (one.ConditionExpression?.includes(':')) return undefined;
  if (JSON.stringify(one.ExpressionAttributeNames) !== JSON.stringify(other.ExpressionAttributeNames)) {
    return undefined;
  }
  const values = Object.entries(one.ExpressionAttributeValues ?? {}).map(([name, value]) => {
    const added: unknown = other.ExpressionAttributeValues?.[name];
    return [name, typeof value === 'number' ? value + (added as number) : added];
  });
  return { Update: { ...one, ExpressionAttributeValues: Object.fromEntries(values) } };
}

async function commitGroup(
  db: Db,
  settings: CommitSettings,
  group: Group,
  outcomes: Map<Change, CommitOutcome>,
): Promise<void> {
  let left: readonly Change[] = group.changes;
  let steps = [...group.steps.values()];
  for (let folderRound = 0; left.length > 1; ) {
    const failed = await transact(
      db,
      steps.map(({ step }) => step),
      settings.retryMs,
    );
    if (failed.length === 0) {
      for (const change of left) outcomes.set(change, 'committed');
      return;
    }
    const refused = refusals(failed.flatMap((index) => steps[index] ?? []));
    if (refused.size === 0) {
      if (folderRound === maxFolderRounds) break;
      folderRound += 1;
      await ensureFolders(db, left, settings.retryMs);
    }
    for (const [change, outcome] of refused) outcomes.set(change, outcome);
    left = left.filter((change) => !refused.has(change));
    steps = groupsOf(db.table, left, settings).flatMap((again) => [...again.steps.values()]);
  }
  for (const change of left) outcomes.set(change, await commit(db, settings)(change));
}

/** Whose own conditions did not hold. A file that has changed is looked at again first, whatever its name. */
function refusals(failed: readonly GroupStep[]): Map<Change, CommitOutcome> {
  const refused = new Map<Change, CommitOutcome>();
  for (const { failure, of } of failed) {
    const [change] = of;
    if (of.length > 1 || !change || failure === 'no_folder') continue;
    refused.set(change, refused.get(change) === 'changed' ? 'changed' : failure);
  }
  return refused;
}

async function ensureFolders(db: Db, changes: readonly Change[], retryMs: number): Promise<void> {
  const paths = new Map(
    changes.flatMap((change) => {
      const path = effectsOf(change).claims?.path;
      return path === undefined ? [] : [[`${change.before.ownerId}${path}`, change] as const];
    }),
  );
  for (const { before, after } of paths.values()) {
    await ensureFolder(db, before, after.path, after.updatedAt, retryMs);
  }
}
