import { rate, stageOf } from '../test/iam/least-privilege.ts';
import { readRecord } from '../test/iam/record.ts';
import { reportOf } from '../test/iam/report.ts';

/** `npm run iam:report`: what each function may do and did during the last `npm test`, as Markdown. */
try {
  const record = readRecord();
  process.stdout.write(reportOf(await rate(record, stageOf(record))));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
