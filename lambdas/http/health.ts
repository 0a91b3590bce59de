import {
  type CheckResult,
  type Health,
  judge,
  type ScannerState,
  type StageFacts,
} from '../core/health/judge.ts';

interface HealthCheck {
  readonly name: string;
  /** Resolves when the dependency answers. */
  readonly probe: () => Promise<void>;
}

export interface HealthDeps {
  /** What the table says; that it says it is the check of the table. */
  readonly stage: () => Promise<StageFacts>;
  /** Queues with dead letters; that they can be asked is the check of the queues. */
  readonly deadLetters: () => Promise<readonly string[]>;
  readonly intake: HealthCheck;
  /** Everything else that storing a file takes. */
  readonly others: readonly HealthCheck[];
  readonly scanner: () => Promise<ScannerState>;
  readonly sweepIntervalSeconds: number;
  /** A dependency that has not answered by then counts as down. */
  readonly deadlineMs: number;
  /** An answer is given again for so long: whoever asks without a sign-in must not be able to cause work. */
  readonly keepMs: number;
  readonly now: () => string;
}

interface Checked<T> {
  readonly result: CheckResult;
  readonly value?: T;
}

/** Is the API able to take an upload? */
export const apiHealth = (deps: HealthDeps): (() => Promise<Health>) =>
  kept(deps, async () => {
    const [table, intake] = await Promise.all([
      check(deps, 'table', deps.stage),
      check(deps, deps.intake.name, deps.intake.probe),
    ]);
    return judge({ ...shared(deps, table), checks: [table.result, intake.result] });
  });

/** Does everything stand that a file goes through and rests in? */
export const storageHealth = (deps: HealthDeps): (() => Promise<Health>) =>
  kept(deps, async () => {
    const [table, queues, others, scanner] = await Promise.all([
      check(deps, 'table', deps.stage),
      check(deps, 'queues', deps.deadLetters),
      Promise.all([deps.intake, ...deps.others].map(({ name, probe }) => check(deps, name, probe))),
      check(deps, 'scanner', deps.scanner),
    ]);
    return judge({
      ...shared(deps, table),
      checks: [table, queues, ...others].map(({ result }) => result),
      ...(queues.value && { deadLetters: queues.value }),
      // Not a check of its own: where the table does not answer, that one says so.
      ...(scanner.value && { scanner: scanner.value }),
    });
  });

const shared = ({ now, sweepIntervalSeconds }: HealthDeps, table: Checked<StageFacts>) => ({
  now: now(),
  sweepIntervalSeconds,
  ...(table.value && { stage: table.value }),
});

function kept({ keepMs }: HealthDeps, ask: () => Promise<Health>): () => Promise<Health> {
  let last: { readonly at: number; readonly health: Promise<Health> } | undefined;
  return () => {
    if (!last || performance.now() - last.at >= keepMs) last = { at: performance.now(), health: ask() };
    return last.health;
  };
}

async function check<T>(
  { deadlineMs }: HealthDeps,
  name: string,
  probe: () => Promise<T>,
): Promise<Checked<T>> {
  const startedAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('deadline')), deadlineMs);
  });
  const answered = await Promise.race([probe(), deadline]).then(
    (value) => ({ ok: true, value }),
    () => ({ ok: false }),
  );
  clearTimeout(timer);
  const ms = Math.round(performance.now() - startedAt);
  return { result: { name, ok: answered.ok, ms }, ...('value' in answered && { value: answered.value }) };
}
