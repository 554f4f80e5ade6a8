import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import { createTokenVerifier, type TokenVerifier } from './auth.ts';
import { createRemoteKeys } from './jwks.ts';
import { createPeerToken } from './peer-tokens.ts';
import { createStandings } from './standings.ts';

/**
 * The verifier of a service that asks user_service for keys and standings.
 * @param options.name the service's own
 * @param options.config `remoteTokenSettings` and `serviceSecretSettings`, as they were read
 */
export function createRemoteVerifier(options: {
  readonly name: string;
  readonly config: {
    readonly jwksUrl: readonly string[];
    readonly userServiceUrl: readonly string[];
    readonly serviceSecrets: readonly string[];
    readonly jwtIssuer: string;
    readonly jwtAudience: string;
  };
  readonly logger: Logger;
  readonly metrics: Metrics;
}): TokenVerifier {
  const { name, config, logger, metrics } = options;
  return createTokenVerifier({
    keys: createRemoteKeys({ urls: config.jwksUrl, logger }),
    standings: createStandings({
      urls: config.userServiceUrl,
      peerToken: () => createPeerToken(config.serviceSecrets, name, 'user_service'),
      metrics,
    }),
    issuer: config.jwtIssuer,
    audience: config.jwtAudience,
  });
}
