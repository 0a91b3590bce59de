import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { bundleFunction } from '../../lib/constructs/function-code.ts';
import { localAwsEnv } from '../../local/aws-env.ts';
import type { Engine } from './engine.ts';
import { functionOf, type Queue } from './pipeline.ts';

/** As Lambda calls it; the context has what the wrappers of the functions ask for. */
const harness = `
  const { handler } = await import(process.env.BUNDLE);
  const context = { functionName: 'killed', awsRequestId: 'killed', getRemainingTimeInMillis: () => 300_000 };
  const { batchItemFailures } = await handler(JSON.parse(process.env.EVENT), context);
  process.exit(batchItemFailures.length === 0 ? 0 : 3);
`;

const repository = resolve(import.meta.dirname, '../..');

/** A function's bundle in a process of its own, with the environment of the deployed one. */
export class KillableFunction {
  readonly #engine: Engine;
  readonly #queue: Queue;
  readonly #entry: string;
  #bundle = '';
  #env: Record<string, string> = {};
  #queueArn = '';

  constructor(engine: Engine, queue: Queue, entry: string) {
    this.#engine = engine;
    this.#queue = queue;
    this.#entry = entry;
  }

  async prepare(): Promise<void> {
    const { functionArn, queueArn } = await functionOf(this.#engine, this.#queue);
    const { Environment } = await this.#engine.lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName: functionArn }),
    );
    this.#queueArn = queueArn;
    this.#env = Environment?.Variables ?? {};
    this.#bundle = await mkdtemp(join(tmpdir(), 'killed-'));
    bundleFunction(this.#entry, this.#bundle);
  }

  forget(): Promise<void> {
    return rm(this.#bundle, { recursive: true, force: true });
  }

  /**
   * Delivers a message and kills the process when its `nth` call to AWS has taken effect, before it learns so.
   * @returns the call at which it died, or undefined where it made fewer calls and ended by itself
   */
  async run(message: string, nth: number): Promise<string | undefined> {
    let calls = 0;
    let killedAt: string | undefined;
    let child: ChildProcess | undefined;
    const proxy = createServer((incoming, outgoing) => {
      calls += 1;
      const isLast = calls === nth;
      forward(this.#engine.stack.endpoint, incoming, outgoing, () => {
        if (!isLast) return true;
        killedAt = callOf(incoming);
        child?.kill('SIGKILL');
        return false;
      });
    });
    await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening));
    const endpoint = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    try {
      child = spawn(process.execPath, ['--input-type=module', '--eval', harness], {
        env: {
          ...localAwsEnv(process.env, endpoint),
          ...this.#env,
          AWS_ENDPOINT_URL: endpoint,
          NODE_PATH: join(repository, 'node_modules'),
          // What a killed process leaves behind goes with the bundle.
          TMPDIR: this.#bundle,
          BUNDLE: join(this.#bundle, 'index.mjs'),
          EVENT: JSON.stringify({ Records: [this.#record(message)] }),
        },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      const complaint = text(child.stderr as NonNullable<ChildProcess['stderr']>);
      const code = await new Promise<number | null>((ended) => child?.once('exit', ended));
      if (killedAt === undefined && code !== 0) throw new Error(`ended with ${code}: ${await complaint}`);
      return killedAt;
    } finally {
      proxy.closeAllConnections();
      proxy.close();
    }
  }

  #record(body: string) {
    return {
      messageId: 'killed',
      receiptHandle: 'killed',
      body,
      attributes: { ApproximateReceiveCount: '1' },
      messageAttributes: {},
      eventSourceARN: this.#queueArn,
    };
  }
}

/** The operation as a reader of a failed test wants to see it. */
const callOf = ({ method, url = '', headers }: IncomingMessage): string =>
  String(headers['x-amz-target'] ?? `${method} ${url.replace(/^\/[^/?]*/, '').split('?')[0]}`);

/** Passes a request on as it is, and its answer where `mayAnswer` says so when it is there. */
function forward(
  endpoint: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  mayAnswer: () => boolean,
): void {
  const { method, url, headers } = incoming;
  const onward = request(endpoint + url, { method, headers, setHost: false }, (answer) => {
    const chunks: Buffer[] = [];
    answer.on('data', (chunk: Buffer) => chunks.push(chunk));
    answer.on('end', () => {
      if (!mayAnswer()) return;
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      outgoing.end(Buffer.concat(chunks));
    });
  });
  onward.on('error', () => outgoing.destroy());
  incoming.pipe(onward);
}
