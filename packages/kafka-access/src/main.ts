import process from 'node:process';
import { ConfigError, createLogger } from '@shop/service-kit';
import { giveAccess } from './give-access.ts';
import { listRights } from './list.ts';
import { readAccessSettings } from './settings.ts';

const name = 'kafka-access';
const logger = createLogger({ name });

async function run(): Promise<number> {
  if (process.argv.includes('--list')) {
    process.stdout.write(`${listRights(process.env['KAFKA_PREFIX'] ?? '')}\n`);
    return 0;
  }
  try {
    await giveAccess({ ...readAccessSettings(process.env), clientId: name, logger });
    logger.info('topics, users and their rights are up to date');
    return 0;
  } catch (error) {
    if (error instanceof ConfigError) process.stderr.write(`${name}: ${error.message}\n`);
    else logger.fatal({ err: error }, 'topics, users and rights could not be brought up to date');
    return error instanceof ConfigError ? 2 : 1;
  }
}

// A client that could not connect may go on retrying.
process.exit(await run());
