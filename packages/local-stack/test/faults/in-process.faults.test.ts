import { battery } from './battery.ts';
import { openInProcessWorld } from './worlds.ts';

describe('the shop in one process', () => battery('in-process', openInProcessWorld));
