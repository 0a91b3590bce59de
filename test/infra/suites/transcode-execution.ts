import { describe, expect, it } from 'vitest';
import { encodingProgress } from '../../../lambdas/contract/messages.ts';
import { NotProbed } from '../../../lambdas/core/video/probe.ts';
import { failing, InterpretedWorld, succeeds } from '../../support/interpreted-world.ts';
import { refusedBy } from '../../support/mediaconvert-model.ts';
import { flat, type Json, synthesized } from '../stages.ts';

/** Of the synthesized template, its references to other resources as texts. A job that is silent ends after 50 ms. */
function definition() {
  const [machine] = synthesized('staging').ofType('AWS::StepFunctions::StateMachine');
  const parsed = JSON.parse(flat(machine?.properties.DefinitionString));
  parsed.States.MediaConvert.TimeoutSeconds = 0.05;
  return parsed;
}

const jobError = (ErrorCode: number) => async (): Promise<never> => {
  throw failing(
    'States.TaskFailed',
    JSON.stringify({ Job: { Status: 'ERROR', ErrorCode, ErrorMessage: 'no' } }),
  );
};
const silence = (): Promise<never> => new Promise(() => undefined);

/** What MediaConvert tells the bus of the job of a request. */
const told = async (world: InterpretedWorld, { UserMetadata }: Json, percent: number): Promise<number> => {
  const event = {
    source: 'aws.mediaconvert',
    detail: {
      ...{ status: 'STATUS_UPDATE', userMetadata: UserMetadata },
      jobProgress: { phase: 'TRANSCODING', jobPercentComplete: percent },
    },
  };
  const { userMetadata, jobProgress } = encodingProgress.parse(event).detail;
  await world.current.transcodes.noteProgress(
    userMetadata,
    jobProgress?.jobPercentComplete ?? 0,
    world.world.now(),
  );
  return world.transcode?.percent ?? Number.NaN;
};

async function ended(
  prepare: (world: InterpretedWorld) => void = () => undefined,
): Promise<InterpretedWorld> {
  const world = new InterpretedWorld(definition);
  prepare(world);
  await world.start();
  await world.deliver();
  return world;
}

const whole = ['Probe', 'Admit', 'MediaConvert', 'Verify', 'Settle'];

describe('an execution by MediaConvert', () => {
  it('makes a file ready, and gives the encoder back', async () => {
    const world = await ended();

    expect(world.ran).toEqual(whole);
    expect(world.ends).toEqual(['SUCCEEDED']);
    expect(world.file?.status).toBe('ready');
    expect(world.leases).toEqual([]);
  });

  it('records beforehand what it will cost, and tells so at the end', async () => {
    const world = await ended();
    const { cost } = world.transcode ?? {};
    const ready = world.world.table.events.find(({ type }) => type === 'file.ready');

    expect(cost?.lines.map(({ what }) => what)).toEqual(['hd', 'sd', 'sound', 'workflow', 'uploads']);
    expect(cost?.amount).toBeGreaterThan(0.05);
    expect(ready?.data?.estimatedCost).toBe(cost?.amount);
  });

  it('asks for what the service takes, under the name of the execution, telling whose it is', async () => {
    const [request] = (await ended()).requests;
    const { Role, Queue, ...rest } = request;

    expect(Role).toMatch(/MediaConvertRole.*Arn/);
    expect(Queue).toMatch(/MediaConvertQueue.*Arn/);
    expect(
      refusedBy('CreateJobRequest', {
        ...rest,
        Role: 'arn:aws:iam::111122223333:role/encoder',
        Queue: 'arn:aws:mediaconvert:us-east-1:111122223333:queues/videos',
      }),
    ).toEqual([]);
    expect(rest).toMatchObject({
      ...{ ClientRequestToken: 'F1-v1-1', StatusUpdateInterval: 'SECONDS_10' },
      UserMetadata: { tenantId: 'acme', fileId: 'F1', version: '1', attempt: '1' },
    });
  });

  it.each([
    [1020, 'not_a_video'],
    [1030, 'unsupported_codec'],
    [1076, 'malformed'],
  ])('tells on the file why a job that ends in %i cannot be made: %s', async (code, reason) => {
    const world = await ended((each) => {
      each.script = [jobError(code)];
    });

    expect(world.ran.slice(-1)).toEqual(['Settle']);
    expect(world.ran).not.toContain('Verify');
    expect(world.ends).toEqual(['SUCCEEDED']);
    expect([world.file?.status, world.file?.reason]).toEqual(['failed', reason]);
    expect(world.leases).toEqual([]);
    expect(world.charged).toBe(0);
    expect(world.deadLetters).toEqual([]);
  });

  it('tries a job again that met trouble inside, and charges once', async () => {
    const world = await ended((each) => {
      each.script = [jobError(1999), succeeds];
    });

    expect(world.ran).toEqual(['Probe', 'Admit', 'MediaConvert', 'MediaConvert', 'Verify', 'Settle']);
    expect(world.file?.status).toBe('ready');
    expect(world.charged).toBe(3 * 120);
  });

  it('waits while there are too many requests, as often as it takes', async () => {
    const busy = async (): Promise<never> => {
      throw failing('MediaConvert.TooManyRequestsException', 'slow down');
    };
    const world = await ended((each) => {
      each.script = [busy, busy, busy, busy, succeeds];
    });

    expect(world.requests).toHaveLength(5);
    expect(world.file?.status).toBe('ready');
  });

  it('gives up what is nobody’s fault, where an operator finds it, and makes it when it is sent back', async () => {
    const world = await ended((each) => {
      each.script = [jobError(1040)];
    });

    expect(world.ran.filter((name) => name === 'MediaConvert')).toHaveLength(3);
    expect(world.ends).toEqual(['FAILED']);
    expect([world.file?.status, world.file?.reason]).toEqual(['failed', 'processing_failed']);
    expect(world.leases).toEqual([]);
    expect(world.charged).toBe(0);
    expect(world.deadLetters).toHaveLength(1);

    world.script = [succeeds];
    world.redrive();
    await world.deliver();

    expect(world.ends.at(-1)).toBe('SUCCEEDED');
    expect(world.requests.at(-1).ClientRequestToken).toBe('F1-v1-2');
    expect(world.file?.status).toBe('ready');
  });

  it('ends a job that says nothing more, and settles the file', async () => {
    const world = await ended((each) => {
      each.script = [silence];
    });

    expect(world.ran).toEqual(['Probe', 'Admit', 'MediaConvert', 'Settle']);
    expect([world.file?.status, world.file?.reason]).toEqual(['failed', 'processing_failed']);
    expect(world.leases).toEqual([]);
  });

  it('shows progress that only grows, whatever comes late or twice', async () => {
    const seen: number[] = [];
    const world = await ended((each) => {
      each.script = [
        async (running, request) => {
          for (const percent of [10, 50, 50, 30, 90, 10]) seen.push(await told(running, request, percent));
          return succeeds();
        },
      ];
    });

    expect(seen).toEqual([10, 50, 50, 50, 90, 90]);
    // Also when everything is over.
    await told(world, world.requests[0], 95);
    expect(world.file?.status).toBe('ready');
  });

  it('takes no progress of an attempt that counts no more', async () => {
    const world = await ended((each) => {
      each.script = [jobError(1040)];
    });
    const [first] = world.requests;
    world.script = [
      async (running) => {
        expect(await told(running, first, 99)).not.toBe(99);
        return succeeds();
      },
    ];
    world.redrive();
    await world.deliver();

    expect(world.file?.status).toBe('ready');
  });

  it('waits for an encoder without holding a function', async () => {
    const world = await ended((each) => {
      each.fullFor = 2;
    });

    expect(world.ran).toEqual(['Probe', 'Admit', 'Admit', ...whole.slice(1)]);
    expect(world.file?.status).toBe('ready');
    expect(world.charged).toBe(3 * 120);
  });

  it('goes no further with what is no video, or over budget', async () => {
    const noVideo = await ended((each) => {
      each.prober = { probe: () => Promise.reject(new NotProbed('not_a_video')) };
    });
    const overBudget = await ended((each) => {
      each.minutesPerMonth = 1;
    });

    expect(noVideo.ran).toEqual(['Probe', 'Settle']);
    expect(overBudget.ran).toEqual(['Probe', 'Admit', 'Settle']);
    for (const world of [noVideo, overBudget]) {
      expect(world.ends).toEqual(['SUCCEEDED']);
      expect(world.file?.status).toBe('failed');
      expect(world.leases).toEqual([]);
    }
    expect([noVideo.file?.reason, overBudget.file?.reason]).toEqual(['not_a_video', 'budget_exceeded']);
  });

  it('leaves a file alone that was deleted meanwhile', async () => {
    const world = await ended((each) => {
      each.script = [
        async (running) => {
          const { file: present } = running;
          if (present) running.world.table.put({ ...present, version: 2 });
          return succeeds();
        },
      ];
    });

    expect(world.ends).toEqual(['SUCCEEDED']);
    expect(world.leases).toEqual([]);
  });

  it('settles at a later try of the step, and by another attempt where every try dies', async () => {
    const later = await ended((each) => {
      each.settleDiesFor = 2;
    });
    const never = await ended((each) => {
      each.settleDiesFor = 100;
    });

    expect(later.ends).toEqual(['SUCCEEDED']);
    expect(later.file?.status).toBe('ready');
    expect(never.ends).toEqual(['FAILED']);
    expect(never.file?.status).toBe('processing');

    never.settleDiesFor = 0;
    await never.settle();

    expect(never.file?.status).toBe('ready');
    expect(never.charged).toBe(3 * 120);
  });
});
