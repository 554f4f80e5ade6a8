import process from 'node:process';
import { checkShop } from './check-shop.ts';
import { runDoctor } from './command.ts';
import { readShop } from './shop.ts';

await runDoctor(process, (windows) => checkShop(readShop(process.env), windows));
// Not when all is quiet: after a time limit KafkaJS goes on retrying for a while.
process.exit();
