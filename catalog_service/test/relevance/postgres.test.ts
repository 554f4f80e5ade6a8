import { makePostgresIndex } from '../support/postgres-index.ts';
import { relevanceSuite } from '../support/relevance-suite.ts';

relevanceSuite('PostgreSQL', makePostgresIndex, 0.8);
