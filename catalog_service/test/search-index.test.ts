import { makePostgresIndex } from './support/postgres-index.ts';
import { searchIndexContract } from './support/search-index.contract.ts';

searchIndexContract('PostgreSQL', makePostgresIndex);
