import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { EnvironmentConfig, ObservabilityOptions } from '../config/index.ts';
import { OperatorDashboard } from '../constructs/operator-dashboard.ts';
import { Watch } from '../constructs/watch.ts';
import type { Watched } from '../constructs/watched.ts';
import { SluiceStack } from './base.ts';

/** Dashboard and alarms. A stack of its own, because the local engine has neither. */
export class ObservabilityStack extends SluiceStack {
  constructor(scope: Construct, config: EnvironmentConfig, options: ObservabilityOptions, of: Watched) {
    super(scope, 'observability', config, { description: 'Sluice: dashboard and alarms' });
    const topic = new Topic(this, 'Alarms', { displayName: `Sluice ${config.stage}`, enforceSSL: true });
    // A policy of its own replaces the one that SNS would give the topic, by which the account's alarms may publish.
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsOfThisAccount',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
      }),
    );
    if (options.alarmEmail) topic.addSubscription(new EmailSubscription(options.alarmEmail));

    new Watch(this, 'Watch', { config, action: new SnsAction(topic), of });
    new OperatorDashboard(this, 'Overview', { config, of });

    this.output('AlarmTopicArn', topic.topicArn, 'Subscribe to it what else should hear of alarms');
  }
}
