import { addSeconds } from '../time.ts';

/** A file of virus definitions in exactly one version. */
export interface DefinitionsFile {
  readonly name: string;
  readonly versionId: string;
  /** Bytes. */
  readonly size: number;
  /** hex */
  readonly sha256: string;
}

/** The virus definitions that scans use. */
export interface Definitions {
  /** Changes exactly when one of the databases does. */
  readonly version: string;
  readonly files: readonly DefinitionsFile[];
  /** When they were last compared with where they come from, and when they last changed. ISO 8601 UTC */
  readonly checkedAt: string;
  readonly changedAt: string;
  /** Where they come from: what a change of it leaves behind is no part of them any more. */
  readonly source: string;
  /** The version by which stored files are being scanned again. */
  readonly rescannedWith?: string;
}

export interface DefinitionsDeps {
  readonly store: {
    current(): Promise<Definitions | undefined>;
    publish(definitions: Definitions): Promise<void>;
  };
  /** Fetches what is new since `current` and uploads it. @throws Error where it could not be fetched, or is broken */
  readonly refresh: (current: Definitions | undefined) => Promise<Pick<Definitions, 'version' | 'files'>>;
  /** Has stored files scanned again by these definitions. Doing it twice does no harm. */
  readonly startRescans: (version: string) => Promise<void>;
  readonly source: string;
  readonly bounds: { readonly refreshSeconds: number; readonly jitterSeconds: number };
  readonly now: () => string;
  readonly random: () => number;
}

export interface DefinitionsOutcome {
  readonly outcome: 'fresh' | 'unchanged' | 'changed';
  readonly version: string;
  readonly checkedAt: string;
}

/**
 * Keeps the definitions fresh. Run more often than they are asked for: a run that finds them young enough asks nobody,
 * and one that failed is made good for by the next. What changed them is remembered until the rescans have begun.
 */
export async function updateDefinitions(deps: DefinitionsDeps): Promise<DefinitionsOutcome> {
  const current = await deps.store.current();
  const isFresh = current?.source === deps.source && !isDue(deps, current);
  const latest = isFresh ? current : await refreshed(deps, current);
  if (latest.rescannedWith !== latest.version) {
    await deps.startRescans(latest.version);
    await deps.store.publish({ ...latest, rescannedWith: latest.version });
  }
  const outcome = isFresh ? 'fresh' : latest.version === current?.version ? 'unchanged' : 'changed';
  return { outcome, version: latest.version, checkedAt: latest.checkedAt };
}

/** Not all stages of the world at the same minute. */
function isDue({ bounds, now, random }: DefinitionsDeps, { checkedAt }: Definitions): boolean {
  const { refreshSeconds, jitterSeconds } = bounds;
  return addSeconds(checkedAt, Math.round(refreshSeconds - random() * jitterSeconds)) <= now();
}

async function refreshed(deps: DefinitionsDeps, current: Definitions | undefined): Promise<Definitions> {
  const { source } = deps;
  const { version, files } = await deps.refresh(current?.source === source ? current : undefined);
  const at = deps.now();
  const changedAt = version === current?.version ? current.changedAt : at;
  const latest: Definitions = {
    ...{ version, files, source },
    checkedAt: at,
    changedAt,
    ...(current?.rescannedWith !== undefined && { rescannedWith: current.rescannedWith }),
  };
  await deps.store.publish(latest);
  return latest;
}
