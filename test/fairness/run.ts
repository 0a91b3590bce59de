import { join } from 'node:path';
import { defaultStackDir } from '../../local/paths.ts';
import { startStack } from '../../local/start-stack.ts';
import { type Engine, engineOf } from '../support/engine.ts';
import { countOf, createSender, inFlight, sendPictures } from '../support/fairness.ts';
import { photo } from '../support/images.ts';
import { deadLetters } from '../support/pipeline.ts';

/**
 * `npm run verify:fairness`: one tenant sends many images, then another a few, against a stack of its own. The few have to
 * be ready while most of the many still wait, and all have to be ready in the end.
 * SLUICE_FAIRNESS_MANY (1,000), SLUICE_FAIRNESS_FEW (5): how many images.
 */
const many = Number(process.env.SLUICE_FAIRNESS_MANY ?? 1_000);
const few = Number(process.env.SLUICE_FAIRNESS_FEW ?? 5);
/** A small machine takes a second or two for each. */
const deadlineSeconds = 60 + many * 5;
const lookEveryMs = 1_000;
const noteEverySeconds = 30;

const note = (text: string): boolean => process.stderr.write(`${text}\n`);

async function verify(): Promise<number> {
  note('starting a stack of its own ...');
  const dir = join(defaultStackDir, 'fairness');
  const running = await startStack({ port: 0, enginePort: 0, dir, ephemeral: true });
  try {
    return report(await race(engineOf(running.stack)));
  } finally {
    await running.stop();
  }
}

interface Race {
  /** From the last upload of a tenant until all of its images were ready; absent: not before the deadline. */
  readonly fewSeconds?: number;
  readonly manySeconds?: number;
  /** Of the many, when the few were ready. */
  readonly readyThen?: number;
  /** The most that the first tenant had in work at once, by lane. */
  readonly most: Readonly<Record<string, number>>;
  readonly deadLetters: number;
}

async function race(engine: Engine): Promise<Race> {
  const picture = await photo({ width: 200, height: 150 });
  const [first, second] = [await createSender(engine), await createSender(engine)];
  const before = await deadLetters(engine);
  await sendPictures(first.api, many, picture);
  const manySent = Date.now();
  note(
    `${many} images have landed, of which ${await countOf(first.api, 'ready')} are ready; now ${few} of another tenant ...`,
  );
  await sendPictures(second.api, few, picture);
  const fewSent = Date.now();
  const most: Record<string, number> = {};
  let fewDone: Pick<Race, 'fewSeconds' | 'readyThen'> = {};
  let noted = 0;
  for (;;) {
    const seconds = (Date.now() - fewSent) / 1_000;
    const [ofMany, ofFew, now] = await Promise.all([
      countOf(first.api, 'ready'),
      countOf(second.api, 'ready'),
      inFlight(engine, first.tenantId),
    ]);
    for (const [lane, count] of Object.entries(now)) most[lane] = Math.max(most[lane] ?? 0, count);
    if (ofFew === few && fewDone.fewSeconds === undefined)
      fewDone = { fewSeconds: seconds, readyThen: ofMany };
    const rest = { ...fewDone, most, deadLetters: (await deadLetters(engine)) - before };
    if (ofMany === many && ofFew === few) {
      return { ...rest, manySeconds: (Date.now() - manySent) / 1_000 };
    }
    if (seconds > deadlineSeconds) return rest;
    if (seconds > noted + noteEverySeconds) {
      noted = seconds;
      note(`${Math.round(seconds)} s: ${ofMany} of ${many}, ${ofFew} of ${few} ready`);
    }
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}

function report({ fewSeconds, manySeconds, readyThen, most, deadLetters: dead }: Race): number {
  const shown = (seconds: number | undefined): string =>
    seconds === undefined ? `not within ${deadlineSeconds} s` : `${seconds.toFixed(1)} s`;
  const waiting = many - (readyThen ?? many);
  const isFair = fewSeconds !== undefined && waiting > many / 2;
  process.stdout.write(`
## Fairness: one tenant sends ${many} images, another then ${few}

the ${few} are ready after        ${shown(fewSeconds)}, while ${waiting} of the ${many} still wait
the ${many} are ready after       ${shown(manySeconds)}
in work at once, of the first  ${Object.entries(most)
    .filter(([, count]) => count > 0)
    .map(([lane, count]) => `${lane} ${count}`)
    .join(', ')}
dead letters                   ${dead}
${isFair && manySeconds !== undefined && dead === 0 ? 'passed' : 'FAILED'}
`);
  return isFair && manySeconds !== undefined && dead === 0 ? 0 : 1;
}

process.exitCode = await verify();
