import process from 'node:process';
import { databaseSettings, readSettings, withClient } from '@shop/service-kit';
import { runReplay } from './command.ts';

// Where a service runs alone, a container say: with its own DATABASE_URL.
try {
  process.exitCode = await runReplay(
    process.argv.slice(2),
    (schema, work) => {
      const { databaseUrl } = readSettings(process.env, databaseSettings);
      return withClient({ connectionString: databaseUrl, options: `-c search_path=${schema}` }, work);
    },
    {
      out: (text) => process.stdout.write(text),
      err: (text) => process.stderr.write(text),
    },
  );
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
