import { PrismaPg } from '@prisma/adapter-pg';
import { defineConfig } from 'prisma/config';

// `generate` and `validate` need no database, but the schema names this variable.
process.env['DATABASE_URL'] ??= 'postgresql://x:x@127.0.0.1:1/x';
const connectionString = process.env['DATABASE_URL'];

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  engine: 'js',
  experimental: { adapter: true },
  // Else the command would hang on for ten seconds after its work.
  adapter: async () => new PrismaPg({ connectionString, allowExitOnIdle: true }),
});
