import process from 'node:process';
import { runImport } from './import-products-command.ts';

await runImport(process);
