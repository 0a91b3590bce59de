import { appendFileSync } from 'node:fs';
import { afterAll, type RunnerTask } from 'vitest';
import { type EndedFile, fileName, recordPaths } from '../iam/record.ts';

/** Registered before the hooks of the test file, so that it runs after them. */
// biome-ignore lint/correctness/noEmptyPattern: Vitest reads the names of fixtures here and takes no other form
afterAll(({}, { file }) => {
  const ended: EndedFile = { file: fileName(file.filepath), failed: failuresIn(file) };
  appendFileSync(recordPaths.files, `${JSON.stringify(ended)}\n`);
});

/** Of tests, and of hooks, which fail their suite. */
const failuresIn = (task: RunnerTask): number =>
  (task.result?.state === 'fail' ? 1 : 0) +
  ('tasks' in task ? task.tasks.reduce((sum, each) => sum + failuresIn(each), 0) : 0);
