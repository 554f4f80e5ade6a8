export { startRealEngines as default } from './real-engines.mjs';
