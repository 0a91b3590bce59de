/**
 * Calls that are made in the same turn of the event loop become one: `run` gets what they ask for and answers in the
 * same order. Runs follow one another, so that transactions of one process do not get in each other's way.
 */
export function together<In, Out>(
  run: (all: readonly In[]) => Promise<readonly Out[]>,
): (one: In) => Promise<Out> {
  let waiting: Waiting<In, Out>[] = [];
  let last: Promise<unknown> = Promise.resolve();
  const flush = (): void => {
    const batch = waiting;
    waiting = [];
    last = last.then(() => settle(batch, run));
  };
  return (one) =>
    new Promise<Out>((resolve, reject) => {
      if (waiting.length === 0) setImmediate(flush);
      waiting.push({ one, resolve, reject });
    });
}

interface Waiting<In, Out> {
  readonly one: In;
  readonly resolve: (answer: Out) => void;
  readonly reject: (error: unknown) => void;
}

async function settle<In, Out>(
  batch: readonly Waiting<In, Out>[],
  run: (all: readonly In[]) => Promise<readonly Out[]>,
): Promise<void> {
  try {
    const answers = await run(batch.map(({ one }) => one));
    batch.forEach(({ resolve }, index) => {
      resolve(answers[index] as Out);
    });
  } catch (error) {
    for (const { reject } of batch) reject(error);
  }
}
