import { runReplay } from '@shop/messaging';
import { withClient } from '@shop/service-kit';
import { createStackDatabase } from '../database.ts';
import { loadDotEnv } from '../dot-env.ts';
import { keepSecrets } from '../secrets.ts';
import { readStackSettings } from '../settings.ts';

try {
  loadDotEnv();
  const settings = readStackSettings(process.env, process.cwd());
  process.exitCode = await runReplay(
    process.argv.slice(2),
    async (schema, work) => {
      const database = createStackDatabase(settings, await keepSecrets(settings.dataDir));
      return withClient(
        { connectionString: database.url(schema), options: `-c search_path=${schema}` },
        work,
      );
    },
    {
      out: (text) => process.stdout.write(text),
      err: (text) => process.stderr.write(text),
    },
  );
} catch (error) {
  const why = (error as Error).message || (error as { code?: string }).code;
  process.stderr.write(`${why}\nDoes the shop run? Start it with: npx pnpm start\n`);
  process.exitCode = 1;
}
