import type { Config } from './config.ts';

/**
 * Settings that are allowed each by itself and make no sense together, in words.
 * @param config a command that has only some of the settings lacks the others
 */
export function conflictsOf(config: Partial<Config>): string[] {
  const { jwtSecretFile = null, jwtJwksUrl = null, jwtIssuer = null, jwtAudience = null } = config;
  const problems: string[] = [];
  if (jwtSecretFile !== null && jwtJwksUrl !== null) {
    problems.push(
      'JWT_SECRET_FILE and JWT_JWKS_URL are both set: tokens are checked with the one or the ' +
        'other; allowed is one of them',
    );
  }
  if (jwtSecretFile === null && jwtJwksUrl === null) {
    const needsTokens = { JWT_ISSUER: jwtIssuer, JWT_AUDIENCE: jwtAudience };
    for (const [env, value] of Object.entries(needsTokens)) {
      if (value === null) continue;
      problems.push(
        `${env} is set, but no token is taken: that needs JWT_SECRET_FILE or JWT_JWKS_URL`,
      );
    }
  }
  return problems;
}
