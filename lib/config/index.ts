import { definitionsSource } from '../../lambdas/contract/definitions.ts';
import { limitsSchema } from '../../lambdas/contract/limits.ts';
import { scannerNames } from '../../lambdas/contract/scanners.ts';
import { dev } from './dev.ts';
import { local } from './local.ts';
import { prod } from './prod.ts';
import { staging } from './staging.ts';
import { type EnvironmentConfig, type StageName, stageNames } from './types.ts';

export * from './types.ts';

const configs: Record<StageName, EnvironmentConfig> = { local, dev, staging, prod };

/** A configuration that must not be deployed; the message is one sentence for the person at the terminal. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** The configuration of a stage. Throws ConfigError when there is no such stage or it contradicts itself. */
export function configFor(stage: unknown): EnvironmentConfig {
  const choices = stageNames.join(', ');
  if (stage === undefined) throw new ConfigError(`Say which stage to deploy: -c stage=<one of ${choices}>.`);
  if (typeof stage !== 'string' || !Object.hasOwn(configs, stage)) {
    throw new ConfigError(`There is no stage "${String(stage)}"; choose one of ${choices} (-c stage=...).`);
  }
  return checked(configs[stage as StageName]);
}

/** The same stage with another scanner, and `urls` as the only sources of its definitions. Throws ConfigError. */
export function withScanner(config: EnvironmentConfig, scanner?: string, urls?: string): EnvironmentConfig {
  const name = scannerNames.find((known) => known === (scanner ?? config.scanner));
  if (!name)
    throw new ConfigError(`There is no scanner "${scanner}"; choose one of ${scannerNames.join(', ')}.`);
  return checked({ ...config, scanner: name, ...(urls && { definitions: { customUrls: urls.split(',') } }) });
}

/** The same stage with the ffmpeg that this machine has. Throws ConfigError. */
export const withFfmpeg = (config: EnvironmentConfig, ffmpegPath: string): EnvironmentConfig =>
  checked({ ...config, video: { ...config.video, ffmpegPath } });

/** Returns the configuration as it is, or throws ConfigError naming the stage and the contradiction. */
export function checked(config: EnvironmentConfig): EnvironmentConfig {
  const problem = contradiction(config);
  if (problem) throw new ConfigError(`Stage "${config.stage}" cannot be deployed: ${problem}`);
  return config;
}

function contradiction(config: EnvironmentConfig): string | undefined {
  const isLocal = config.stage === 'local';
  if (config.scanner === 'local-signatures' && !isLocal) {
    return 'scanner "local-signatures" knows test files and no malware and is for the local stage alone.';
  }
  const definitions = config.definitions && definitionsSource.safeParse(config.definitions);
  if (definitions && !definitions.success) {
    return `definitions are wrong at ${definitions.error.issues[0]?.path.join('.')}.`;
  }
  if (config.video.encoder === 'mediaconvert' && isLocal) {
    return 'video.encoder "mediaconvert" is a service of AWS, which the local engine does not have.';
  }
  if (config.video.ffmpegPath !== undefined && !isLocal) {
    return 'video.ffmpegPath is a file of the machine that deploys; on AWS a layer brings ffmpeg.';
  }
  if (config.edge.kind === 'local-front' && !isLocal) {
    return 'edge "local-front" has a secret that everybody knows and is for the local stage alone.';
  }
  if (config.passwordLogin && config.auth.kind !== 'cognito') {
    return 'passwordLogin fronts Cognito, but auth names another issuer.';
  }
  if (config.corsOrigins.some((origin) => origin === '*' || !/^https?:\/\/[^/]+$/.test(origin))) {
    return 'corsOrigins takes origins such as https://app.example.com, without path or wildcard.';
  }
  if (config.edge.kind === 'cloudfront') {
    const { origin, certificateArn } = config.edge;
    if (origin !== undefined && !/^https:\/\/[^/]+$/.test(origin)) {
      return 'edge.origin is an https:// address without path.';
    }
    if (certificateArn !== undefined && origin === undefined) {
      return 'edge.certificateArn needs edge.origin, the domain that it certifies.';
    }
    if (config.edge.signedCookies && origin === undefined) {
      return 'edge.signedCookies needs edge.origin, whose paths the cookies open.';
    }
    if (config.edge.signedCookies && !isPublicKey(config.edge.signedCookies.publicKey)) {
      return 'edge.signedCookies.publicKey is PEM: -----BEGIN PUBLIC KEY----- and so on.';
    }
  }
  if (config.objectLock && !config.stable) {
    return 'objectLock keeps objects that nobody can delete, so the stage has to be stable.';
  }
  if (!Number.isInteger(config.eventBatchSeconds) || config.eventBatchSeconds < 1) {
    return 'eventBatchSeconds is a whole number of at least 1.';
  }
  const limits = limitsSchema.safeParse(config.limits);
  if (!limits.success) return `limits are wrong at ${limits.error.issues[0]?.path.join('.')}.`;
  return undefined;
}

const isPublicKey = (text: string): boolean =>
  /^-----BEGIN PUBLIC KEY-----\n[A-Za-z0-9+/=\n]+\n-----END PUBLIC KEY-----\n?$/.test(text);
