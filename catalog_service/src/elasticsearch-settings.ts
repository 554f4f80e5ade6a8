import { type Environment, readSettings, text, url, validator, wholeNumber } from '@shop/service-kit';

export interface ElasticsearchSettings {
  /** May hold a user and a password. */
  readonly url: string;
  /** Instead of a user; undefined without one. */
  readonly apiKey: string | undefined;
  /** What the names of its indices and aliases begin with. */
  readonly index: string;
  readonly replicas: number;
}

/** What Elasticsearch takes for a name, and no more than what an index needs. */
const indexName = validator((input) => {
  if (!/^[a-z][a-z0-9_-]{0,99}$/.test(input))
    throw new Error(`must be lower-case letters, digits, "-" and "_", not "${input}"`);
  return input;
});

/**
 * Undefined when there is no Elasticsearch: search is on PostgreSQL then.
 * @throws ConfigError naming every wrong setting
 */
export function readElasticsearchSettings(environment: Environment): ElasticsearchSettings | undefined {
  const settings = readSettings(environment, {
    elasticsearchUrl: url({ default: '' }),
    elasticsearchApiKey: text({ default: '' }),
    elasticsearchIndex: indexName({ default: 'products' }),
    elasticsearchReplicas: wholeNumber({ default: 0 }),
  });
  if (settings.elasticsearchUrl === '') return undefined;
  return Object.freeze({
    url: settings.elasticsearchUrl,
    apiKey: settings.elasticsearchApiKey || undefined,
    index: settings.elasticsearchIndex,
    replicas: settings.elasticsearchReplicas,
  });
}
