/**
 * `npx cdk <command> -c stage=<stage>`: the one place that reads CDK context. Account and region are those of the
 * credentials unless the stage's configuration, or `-c account=… -c region=…`, says otherwise. `-c consoleOrigin=…`
 * tells where the console is served from, where the configuration does not: the local front's port. `-c scanner=…`
 * chooses another scanner, and `-c definitionsUrls=…` (separated by commas) its only source of definitions. `-c
 * ffmpegPath=…` names the ffmpeg of the machine, for the local stage.
 */
import { App } from 'aws-cdk-lib';
import {
  ConfigError,
  checked,
  configFor,
  type EnvironmentConfig,
  withConsoleOrigin,
  withFfmpeg,
  withScanner,
} from '../lib/config/index.ts';
import { composeSluice } from '../lib/sluice-app.ts';

try {
  const app = new App({ autoSynth: false });
  const text = (name: string): string | undefined => app.node.tryGetContext(name)?.toString();
  const account = text('account');
  const region = text('region');
  const consoleOrigin = text('consoleOrigin');
  const ffmpegPath = text('ffmpegPath');
  const scanned = withScanner(configFor(text('stage')), text('scanner'), text('definitionsUrls'));
  const staged = ffmpegPath ? withFfmpeg(scanned, ffmpegPath) : scanned;
  const config: EnvironmentConfig = {
    ...(consoleOrigin ? checked(withConsoleOrigin(staged, consoleOrigin)) : staged),
    ...(account && { account }),
    ...(region && { region }),
  };
  composeSluice(app, config);
  app.synth();
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
