export { startThrowawayPostgres as default } from './throwaway-postgres.mjs';
