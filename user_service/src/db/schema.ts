/** The service's PostgreSQL schema, which its login role owns. */
export const schema = 'users';
