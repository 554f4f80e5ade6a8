export { type AccessOptions, giveAccess } from './give-access.ts';
export { type Principal, principals, rightsOf } from './rights.ts';
