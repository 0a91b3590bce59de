import { Duration } from 'aws-cdk-lib';
import {
  Dashboard,
  GraphWidget,
  type GraphWidgetProps,
  type IMetric,
  type IWidget,
  SingleValueWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/index.ts';
import { alarmPeriod } from './alarms.ts';
import { SluiceMetrics } from './sluice-metrics.ts';
import type { Watched } from './watched.ts';

const columns = 24;
const height = 6;

/** What an operator looks at first: uploads, then the API, then queues and functions. */
export class OperatorDashboard extends Construct {
  constructor(scope: Construct, id: string, props: { config: EnvironmentConfig; of: Watched }) {
    super(scope, id);
    const { config, of } = props;
    const metrics = new SluiceMetrics(config);
    const period = alarmPeriod;
    const api = of.api.api;

    new Dashboard(this, 'Dashboard', {
      dashboardName: `sluice-${config.stage}`,
      defaultInterval: Duration.hours(6),
      widgets: [
        [
          new SingleValueWidget({
            title: 'Now',
            width: columns,
            height: 3,
            metrics: [
              metrics.max('openUploads'),
              metrics.sum('uploadsStored'),
              metrics.failureRate(),
              metrics.percentile('uploadSeconds', 95),
              metrics.percentile('processingSeconds', 95),
            ],
          }),
        ],
        row(
          graph('Uploads', [
            metrics.sum('uploadsInitiated'),
            metrics.sum('uploadsStored'),
            metrics.sum('uploadsRejected'),
            metrics.sum('uploadsExpired'),
            metrics.sum('uploadsAborted'),
            metrics.sum('uploadsRefused'),
          ]),
          graph('Bytes stored', [metrics.sum('bytesStored')]),
          graph(
            'Upload time, s',
            [50, 95, 99].map((percent) => metrics.percentile('uploadSeconds', percent)),
          ),
          graph(
            'Processing time, s',
            [50, 95, 99].map((percent) => metrics.percentile('processingSeconds', percent)),
          ),
        ),
        row(
          graph('API requests', [
            api.metricCount({ period }),
            api.metricClientError({ period }),
            api.metricServerError({ period }),
          ]),
          graph(
            'API latency, ms',
            ['p50', 'p95', 'p99'].map((statistic) => api.metricLatency({ period, statistic })),
          ),
          graph('Events', [
            metrics.sum('eventsPublished'),
            metrics.sum('eventsPublishFailed'),
            metrics.sum('strayVersionsDeleted'),
            metrics.sum('processingFailed'),
          ]),
          graph('Sweep', [metrics.sum('sweepItems'), metrics.sum('sweepFailures')]),
        ),
        row(
          graph(
            'Waiting messages',
            of.queues.map(({ name, queue }) =>
              queue.metricApproximateNumberOfMessagesVisible({ period, label: name }),
            ),
          ),
          graph(
            'Oldest message, s',
            of.queues.map(({ name, queue }) =>
              queue.metricApproximateAgeOfOldestMessage({ period, label: name }),
            ),
          ),
          graph('Dead letters', [
            ...of.queues.map(({ name, deadLetters }) =>
              deadLetters.metricApproximateNumberOfMessagesVisible({ period, label: name }),
            ),
            of.publishFailures.metricApproximateNumberOfMessagesVisible({ period, label: 'publish' }),
          ]),
        ),
        row(
          graph('Transcodes', [
            of.transcodes.stateMachine.metricStarted({ period }),
            of.transcodes.stateMachine.metricSucceeded({ period }),
            of.transcodes.stateMachine.metricFailed({ period }),
            of.transcodes.stateMachine.metricTimedOut({ period }),
          ]),
          graph(
            'Transcode time, ms',
            ['p50', 'p95'].map((statistic) =>
              of.transcodes.stateMachine.metricTime({ period, statistic, label: statistic }),
            ),
          ),
        ),
        row(
          graph(
            'Function errors',
            of.functions.map(({ name, lambda }) => lambda.metricErrors({ period, label: name })),
          ),
          graph(
            'Function time p95, ms',
            of.functions.map(({ name, lambda }) =>
              lambda.metricDuration({ period, label: name, statistic: 'p95' }),
            ),
          ),
          graph(
            'Function throttles',
            of.functions.map(({ name, lambda }) => lambda.metricThrottles({ period, label: name })),
          ),
        ),
      ],
    });
  }
}

type Graph = Pick<GraphWidgetProps, 'title' | 'left'>;

const graph = (title: string, left: IMetric[]): Graph => ({ title, left });

/** Graphs side by side over the whole width. */
const row = (...graphs: Graph[]): IWidget[] =>
  graphs.map((props) => new GraphWidget({ ...props, height, width: Math.floor(columns / graphs.length) }));
