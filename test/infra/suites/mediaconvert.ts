import { describe, expect, it } from 'vitest';
import { stageNames } from '../../../lib/config/index.ts';
import { flat, type Json, roleOf, type Statement, statements, statementsOf, synthesized } from '../stages.ts';

const encoding = stageNames.filter((name) => synthesized(name).config.video.encoder === 'mediaconvert');
const actionsOf = (own: readonly Statement[]): readonly string[] =>
  own.flatMap(({ actions }) => actions).sort();

it('encodes by MediaConvert where somebody pays for it, and not on one machine', () => {
  expect(encoding).toEqual(['staging', 'prod']);
  expect(synthesized('local').ofType('AWS::MediaConvert::Queue')).toEqual([]);
});

describe.each(encoding)('MediaConvert in %s', (name) => {
  const stage = synthesized(name);
  const [queue] = stage.ofType('AWS::MediaConvert::Queue');
  const [rule] = stage
    .ofType('AWS::Events::Rule')
    .filter(({ properties }) => properties.EventPattern?.source?.includes('aws.mediaconvert'));
  const role = roleOf(stage, 'MediaConvert');
  const service = statementsOf(stage, role);
  const workflow = statementsOf(stage, roleOf(stage, 'Transcode'));
  const granted = (sid: string): Statement => {
    const found = workflow.find((statement) => statement.sid === sid);
    if (!found) throw new Error(`no statement ${sid}`);
    return found;
  };

  it('has a queue of its own, which costs nothing while it is empty', () => {
    expect(queue?.properties).toMatchObject({ PricingPlan: 'ON_DEMAND', Status: 'ACTIVE' });
  });

  it('acts in its role for jobs of this queue alone', () => {
    const [{ principal, condition, actions } = { condition: {} } as Statement] = statements(
      role.properties.AssumeRolePolicyDocument,
    );

    expect(actions).toEqual(['sts:AssumeRole']);
    expect(flat(principal.Service)).toBe('mediaconvert.amazonaws.com');
    expect(flat(condition.ArnEquals['aws:SourceArn'])).toBe(`<${queue?.id}.Arn>`);
    expect(flat(condition.StringEquals['aws:SourceAccount'])).toBe('<AWS::AccountId>');
  });

  it('reads originals, writes outputs of videos, and may nothing else', () => {
    const on = (action: string): string =>
      service
        .filter(({ actions }) => actions.includes(action))
        .flatMap(({ resources }) => resources)
        .join();

    expect(actionsOf(service)).toEqual(
      [
        'kms:Decrypt',
        'kms:GenerateDataKey',
        's3:AbortMultipartUpload',
        's3:GetObject',
        's3:PutObject',
      ].sort(),
    );
    expect(on('s3:GetObject')).toMatch(/ObjectsLibraryBucket.*>\/tenants\/\*\/files\/\*$/);
    expect(on('s3:PutObject')).toMatch(/ObjectsDerivedBucket.*>\/tenants\/\*\/videos\/\*$/);
    expect(on('kms:Decrypt')).toMatch(/ObjectsKey/);
  });

  it('gets its jobs, and its role, from the workflow alone', () => {
    expect(granted('CreateJobs')).toMatchObject({ actions: ['mediaconvert:CreateJob'] });
    expect(granted('CreateJobs').resources.join()).toMatch(/MediaConvertQueue.*Arn/);
    expect(granted('HandOverItsRole').resources.join()).toMatch(/MediaConvertRole.*Arn/);
    expect(granted('HandOverItsRole').condition).toEqual({
      StringEquals: { 'iam:PassedToService': 'mediaconvert.amazonaws.com' },
    });
    expect(actionsOf(workflow).filter((action) => action.startsWith('iam:'))).toEqual(['iam:PassRole']);
    expect(granted('FollowJobs').resources.join()).toMatch(/:mediaconvert:.*:jobs\/\*$/);
    expect(granted('HearOfJobs').resources.join()).toMatch(
      /:rule\/StepFunctionsGetEventsForMediaConvertJobRule$/,
    );
    const others = stage
      .ofType('AWS::IAM::Role')
      .filter(({ path }) => !path.endsWith('/Transcode/Role/Resource'))
      .flatMap((other) => statementsOf(stage, other))
      .filter(({ actions }) => actions.some((action) => /^(mediaconvert:|iam:PassRole)/.test(action)));
    expect(others).toEqual([]);
  });

  it('tells how far its jobs are, of this queue alone, to a function that may note it and nothing else', () => {
    const { EventPattern, Targets } = rule?.properties ?? {};
    const progress = statementsOf(stage, roleOf(stage, 'MediaConvert/Progress'));
    const data = progress.filter(({ effect }) => effect === 'Allow').flatMap(({ actions }) => actions);

    expect(EventPattern['detail-type']).toEqual(['MediaConvert Job State Change']);
    expect(EventPattern.detail.status).toEqual(['STATUS_UPDATE']);
    expect(EventPattern.detail.queue.map((each: Json) => flat(each))).toEqual([`<${queue?.id}.Arn>`]);
    expect(Targets).toHaveLength(1);
    expect(Targets[0].RetryPolicy.MaximumEventAgeInSeconds).toBeLessThanOrEqual(60);
    expect(data.filter((action) => !/^(logs|xray):/.test(action))).toEqual(['dynamodb:UpdateItem']);
  });

  it('creates one job an attempt, and waits for its end', () => {
    const [machine] = stage.ofType('AWS::StepFunctions::StateMachine');
    const { Resource, Parameters, TimeoutSeconds } = JSON.parse(flat(machine?.properties.DefinitionString))
      .States.MediaConvert;

    expect(Resource).toMatch(/:states:::mediaconvert:createJob\.sync$/);
    expect(Parameters['ClientRequestToken.$']).toBe('$$.Execution.Name');
    expect(TimeoutSeconds).toBe(stage.config.limits.video.managedEncodeSeconds);
    expect(TimeoutSeconds).toBeLessThan(stage.config.limits.video.workflowSeconds);
  });

  it('tells the admission where it reads and writes, without a right to either', () => {
    const admit = statementsOf(stage, roleOf(stage, 'Steps/Admit'));
    const variables = stage
      .ofType('AWS::Lambda::Function')
      .find(({ path }) => path.endsWith('/Steps/Admit/Function/Resource'))?.properties.Environment.Variables;

    expect(Object.keys(variables)).toEqual(expect.arrayContaining(['LIBRARY_BUCKET', 'DERIVED_BUCKET']));
    expect(actionsOf(admit).filter((action) => action.startsWith('s3:'))).toEqual([]);
  });
});
