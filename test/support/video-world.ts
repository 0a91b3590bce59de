import { defaultLimits } from '../../lambdas/contract/limits.ts';
import { startProcessing } from '../../lambdas/core/processing/start-processing.ts';
import { giveUpOnTranscode, startTranscode } from '../../lambdas/core/video/start-transcode.ts';
import type { TranscodeRef } from '../../lambdas/core/video/transcode.ts';
import { type Message, VideoSteps } from './video-steps.ts';

/** What the state machine does about a step that throws. */
const tries = 3;

/** A stored video, its worker and queue, and the executions of its workflow. */
export class VideoWorld extends VideoSteps {
  /** As the promotion does it, and the sweep when the file is due. */
  async start(): Promise<void> {
    const { file } = this;
    if (file && ['stored', 'processing'].includes(file.status)) {
      await startProcessing({ ...this.world.dispatching, queues: this.queues }, file);
    }
  }

  /** An operator sends back what lies among the dead letters. */
  redrive(): void {
    for (const message of this.deadLetters.splice(0)) {
      this.messages.push({ ...message, again: true, receives: 0 });
    }
  }

  /** Messages, then executions, until nothing is left; a message that fails comes again, and is given up the fifth time. */
  async deliver(): Promise<void> {
    for (let message = this.messages.shift(); message; message = this.messages.shift()) {
      message.receives += 1;
      try {
        await startTranscode(this.starting, message);
      } catch {
        if (message.receives < defaultLimits.pipeline.maxReceives) this.messages.push(message);
        else await this.#giveUp(message);
      }
    }
    for (const execution of this.executions.values()) {
      if (execution.status !== 'running') continue;
      await this.run(execution.job);
      execution.status = 'ended';
    }
  }

  async #giveUp(message: Message): Promise<void> {
    this.deadLetters.push(message);
    await giveUpOnTranscode({ ...this.delivering, ...this.current }, message).catch(() => undefined);
  }

  /** The state machine: each step a few times, what fails for good is settled as failed. */
  async run(job: TranscodeRef): Promise<void> {
    try {
      const steps = [this.probe, () => this.#admitted(job), this.encode];
      for (const step of steps) {
        const { outcome } = await retried(() => step(job));
        if (outcome === 'refused' || outcome === 'gone') break;
      }
      await retried(() => this.settleJob(job));
    } catch {
      await retried(() => this.settleJob({ ...job, failed: true })).catch(() => undefined);
    }
  }

  async #admitted(job: TranscodeRef): Promise<{ readonly outcome: string }> {
    for (;;) {
      const answer = await this.admit(job);
      if (answer.outcome !== 'wait') return answer;
      this.world.pass(answer.seconds);
    }
  }

  /** The sweep looks at the file when it is due, a few times. */
  async settle(): Promise<void> {
    for (let round = 0; round < 5; round += 1) {
      await this.deliver();
      const { dueAt } = this.file ?? {};
      if (dueAt && dueAt > this.world.at) this.world.at = dueAt;
      await this.start();
      if (this.file?.status === 'purged') await this.queues.purge(this.file);
      this.world.pass(900);
    }
    await this.deliver();
  }
}

async function retried<T>(step: () => Promise<T>): Promise<T> {
  for (let n = 1; ; n += 1) {
    try {
      return await step();
    } catch (error) {
      if (n === tries) throw error;
    }
  }
}
