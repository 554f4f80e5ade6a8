import process from 'node:process';
import { runReindex } from './reindex-command.ts';

await runReindex(process);
