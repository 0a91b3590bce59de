import type { FileRecord } from '../files/file.ts';
import type { TenantStore } from '../tenancy/admin/ports.ts';
import { type PolicyDefaults, tenantPolicy } from '../tenancy/policy.ts';
import { addSeconds } from '../time.ts';
import { estimateCost } from './cost.ts';
import { type CurrentWorkDeps, currentWork, type Gone, gone, type Refused, refuse } from './current-work.ts';
import { estimateEncode } from './encode-estimate.ts';
import { encoderFor } from './encoder-outputs.ts';
import { functionLeaseSeconds } from './keep-lease.ts';
import {
  type EncoderLeases,
  type LeaseBounds,
  type WaitDeps,
  type Waiting,
  waitForEncoder,
} from './lease.ts';
import { chargedSeconds } from './output-minutes.ts';
import { type PlanBounds, planTranscode } from './plan.ts';
import type { Probe, RefusalReason } from './probe.ts';
import {
  type AdmissionFacts,
  type EncoderName,
  monthOf,
  type Transcode,
  type TranscodeBudget,
  type TranscodeRef,
} from './transcode.ts';
import type { TranscodePlan } from './transcode-plan.ts';

export interface AdmitDeps extends CurrentWorkDeps, WaitDeps {
  readonly budget: Pick<TranscodeBudget, 'charge'>;
  readonly leases: Pick<EncoderLeases, 'take'>;
  readonly tenants: Pick<TenantStore, 'tenant'>;
  readonly defaults: PolicyDefaults;
  /** Of the stage; what it does not take is the function's. */
  readonly encoder: EncoderName;
  /** Of the ffmpeg function, or of the machine in a local run. */
  readonly vCpus: number;
  readonly bounds: PlanBounds & EncodeBounds & WaitDeps['bounds'];
  readonly leaseBounds: LeaseBounds;
  readonly now: () => string;
}

export interface EncodeBounds {
  /** The end of one run of the ffmpeg function. */
  readonly encodeSeconds: number;
  /** Disk that one run of it may use. */
  readonly encodeDiskBytes: number;
  /** The end of a whole execution. */
  readonly workflowSeconds: number;
}

export type Admitted = {
  readonly outcome: 'admitted';
  readonly encoder: EncoderName;
  /** What the encoder is told: the original, what it is made of, and what is to become of it. */
  readonly file: FileRecord;
  readonly probe: Probe;
  readonly plan: TranscodePlan;
};

/**
 * Plans the transcode, charges the tenant's month for it and takes an encoder. Repeated while it waits, it plans the same and
 * charges nothing more.
 */
export async function admit(
  deps: AdmitDeps,
  job: TranscodeRef,
): Promise<Admitted | Waiting | Refused | Gone> {
  const work = await currentWork(deps, job);
  if (!work) return gone;
  const { file, transcode } = work;
  const { probe } = transcode;
  if (!probe) throw new Error(`file ${file.fileId} has not been probed`);
  const planned = planTranscode(probe, deps.bounds);
  if ('refused' in planned) return refuse(deps, job, planned.refused);
  const { plan } = planned;
  const encoder = encoderFor(deps.encoder, plan, file);
  if (encoder === 'ffmpeg' && outlastsFunction(deps, plan, probe)) return refuse(deps, job, 'too_long');
  const cost = estimateCost({ plan, probe, encoder, vCpus: deps.vCpus });
  const charged = await charge(deps, job, transcode, { plan, encoder, cost });
  if (charged === 'gone') return gone;
  if (charged !== 'charged') return refuse(deps, job, charged);
  const until = addSeconds(deps.now(), leaseSeconds(encoder, deps.bounds));
  if (await deps.leases.take(job, until, deps.leaseBounds)) {
    return { outcome: 'admitted', encoder, file, probe, plan };
  }
  return waitForEncoder(deps);
}

/** Known before: else a function would run for its whole time, once an attempt, and be killed. */
function outlastsFunction({ bounds, vCpus }: AdmitDeps, plan: TranscodePlan, probe: Probe): boolean {
  const { seconds, diskBytes } = estimateEncode(plan, probe, vCpus);
  return seconds > bounds.encodeSeconds || diskBytes > bounds.encodeDiskBytes;
}

async function charge(
  { budget, tenants, transcodes, defaults, now }: AdmitDeps,
  job: TranscodeRef,
  before: Transcode,
  facts: AdmissionFacts,
): Promise<'charged' | 'gone' | RefusalReason> {
  if (before.charge) return (await transcodes.save(job, facts)) ? 'charged' : 'gone';
  const tenant = await tenants.tenant(job.tenantId);
  if (!tenant) return 'gone';
  const { transcodeMinutesPerMonth } = tenantPolicy(tenant, defaults);
  const cost = { month: monthOf(now()), seconds: chargedSeconds(facts.plan) };
  const outcome = await budget.charge(job, cost, transcodeMinutesPerMonth * 60, facts);
  return outcome === 'charged' ? outcome : outcome === 'stale' ? 'gone' : 'budget_exceeded';
}

/** The function renews it while it encodes; nobody asks MediaConvert, which ends within the execution. */
const leaseSeconds = (encoder: EncoderName, { workflowSeconds }: EncodeBounds): number =>
  encoder === 'ffmpeg' ? functionLeaseSeconds : workflowSeconds;
