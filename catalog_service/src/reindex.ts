import process from 'node:process';
import { runReindex } from './search/elasticsearch/reindex-command.ts';

await runReindex(process);
