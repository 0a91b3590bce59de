import { describe, expect, it } from 'vitest';
import { configFor, stageNames } from '../../../lib/config/index.ts';
import { flat, statementsOf, synthesize, synthesized } from '../stages.ts';

const options = { minSearchOcu: 1, maxSearchOcu: 4, maxIndexingOcu: 2 };

describe('search by OpenSearch', () => {
  it.each(stageNames)('is off in %s as shipped: search costs nothing while nobody searches', (name) => {
    const stage = synthesized(name);
    expect(stage.resources.filter(({ type }) => type.startsWith('AWS::OpenSearchServerless::'))).toEqual([]);
  });

  describe('where it is configured', () => {
    const stage = synthesize({ ...configFor('prod'), opensearch: options });
    const functions = stage.ofType('AWS::Lambda::Function');
    const usesIt = functions.filter(({ properties }) => properties.Environment.Variables.OPENSEARCH_ENDPOINT);

    it('has no findings, and bounds on its capacity', () => {
      expect(stage.findings).toEqual([]);
      const [group] = stage.ofType('AWS::OpenSearchServerless::CollectionGroup');
      expect(group?.properties.CapacityLimits).toEqual({
        MinSearchCapacityInOcu: 1,
        MaxSearchCapacityInOcu: 4,
        MinIndexingCapacityInOcu: 0,
        MaxIndexingCapacityInOcu: 2,
      });
    });

    it('is known to who asks and who indexes, and to nobody else; neither touches segments', () => {
      expect(usesIt.map(({ path }) => path.split('/').at(-3)).sort()).toEqual(['Index', 'Search']);
      for (const { path } of usesIt) {
        const role = stage
          .ofType('AWS::IAM::Role')
          .find((one) => one.path === path.replace(/Function\/Resource$/, 'Role/Resource'));
        const actions = role ? statementsOf(stage, role).flatMap((statement) => statement.actions) : [];
        expect(actions).toContain('aoss:APIAccessAll');
        expect(actions).not.toContain('s3:PutObject');
      }
    });

    it('lets who asks read and nothing else, who indexes write, each the one index', () => {
      const policies = stage.ofType('AWS::OpenSearchServerless::AccessPolicy');
      const rights = policies.map(({ properties }) => flat(properties.Policy));
      expect(rights).toHaveLength(2);
      for (const text of rights) expect(text).toContain('index/sluice-prod/files');
      const writes = rights.filter((text) => text.includes('aoss:WriteDocument'));
      expect(writes).toHaveLength(1);
      expect(rights.filter((text) => text.includes('aoss:ReadDocument'))).toHaveLength(2);
      expect(rights.join()).not.toContain('aoss:*');
    });
  });
});
