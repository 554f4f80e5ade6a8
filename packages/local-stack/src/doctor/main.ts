import process from 'node:process';
import { runDoctor } from '@shop/doctor';
import { loadDotEnv } from '../dot-env.ts';
import { checkThisShop } from './check.ts';

loadDotEnv();
await runDoctor(process, (windows) => checkThisShop(process.env, process.cwd(), windows));
// Not when all is quiet: after a time limit KafkaJS goes on retrying for a while.
process.exit();
