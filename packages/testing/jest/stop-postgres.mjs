export { stopThrowawayPostgres as default } from './throwaway-postgres.mjs';
