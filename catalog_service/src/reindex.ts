import process from 'node:process';
import { runReindex } from './search/elasticsearch/run-reindex.ts';

await runReindex(process);
