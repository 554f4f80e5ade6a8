export { stopRealEngines as default } from './real-engines.mjs';
