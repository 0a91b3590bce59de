import { describe, expect, it } from 'vitest';
import { envNames } from '../../../lambdas/contract/env.ts';
import { checked, configFor, stageNames, withFfmpeg } from '../../../lib/config/index.ts';
import { type Json, type Synthesized, synthesize, synthesized } from '../stages.ts';

const layersOf = (stage: Synthesized) =>
  stage.ofType('AWS::Lambda::LayerVersion').filter(({ path }) => path.includes('/Ffmpeg/'));
const isEncode = ({ path }: { readonly path: string }): boolean => path.includes('/Steps/Encode/');
const encodeOf = (stage: Synthesized): Json =>
  stage.ofType('AWS::Lambda::Function').find(isEncode)?.properties;

describe('ffmpeg', () => {
  it.each(stageNames.filter((name) => name !== 'local'))(
    'comes to the encoder alone by a layer in %s',
    (name) => {
      const stage = synthesized(name);
      const [layer, ...others] = layersOf(stage);
      const having = stage
        .ofType('AWS::Lambda::Function')
        .filter(({ properties }) => JSON.stringify(properties.Layers ?? []).includes(`${layer?.id}`));

      expect(others).toEqual([]);
      expect(layer?.properties).toMatchObject({
        CompatibleArchitectures: ['arm64'],
        LicenseInfo: 'GPL-3.0-or-later',
      });
      expect(having.map(isEncode)).toEqual([true]);
      expect(encodeOf(stage).Environment.Variables[envNames.ffmpegPath]).toBe('/opt/bin/ffmpeg');
    },
  );

  it('is that of the machine in a local run', () => {
    const stage = synthesize(withFfmpeg(configFor('local'), '/opt/homebrew/bin/ffmpeg'));

    expect(layersOf(stage)).toEqual([]);
    expect(encodeOf(stage).Environment.Variables[envNames.ffmpegPath]).toBe('/opt/homebrew/bin/ffmpeg');
  });

  it('of the machine that deploys is nothing for AWS', () => {
    expect(() => withFfmpeg(configFor('dev'), '/usr/bin/ffmpeg')).toThrow(/a layer brings ffmpeg/);
    expect(checked(configFor('dev')).video).not.toHaveProperty('ffmpegPath');
  });
});
