import {
  AclOperations,
  AclPermissionTypes,
  type Admin,
  ResourcePatternTypes,
  ResourceTypes,
} from '@platformatic/kafka';
import type { Right } from './rights.ts';

type Acl = Parameters<Admin['createAcls']>[0]['creations'][number];

/** Each right as Kafka writes it. */
export const aclsOf = (user: string, rights: readonly Right[], prefix: string): readonly Acl[] =>
  rights.flatMap(({ on, name, isPrefix, may }) =>
    may.map((operation) => ({
      resourceType: ResourceTypes[on],
      resourceName: `${prefix}${name}`,
      resourcePatternType: isPrefix ? ResourcePatternTypes.PREFIXED : ResourcePatternTypes.LITERAL,
      principal: principalOf(user),
      host: '*',
      operation: AclOperations[operation],
      permissionType: AclPermissionTypes.ALLOW,
    })),
  );

const principalOf = (user: string) => `User:${user}`;

/** Gives a user these rights, and takes all others: also those that an earlier release needed. */
export async function setAcls(admin: Admin, user: string, wanted: readonly Acl[]): Promise<void> {
  const found = await findAcls(admin, user);
  const missing = without(wanted, found);
  const superfluous = without(found, wanted);
  if (missing.length > 0) await admin.createAcls({ creations: missing });
  if (superfluous.length > 0) await admin.deleteAcls({ filters: superfluous });
}

async function findAcls(admin: Admin, user: string): Promise<Acl[]> {
  const resources = await admin.describeAcls({
    filter: {
      resourceType: ResourceTypes.ANY,
      resourceName: null,
      resourcePatternType: ResourcePatternTypes.ANY,
      principal: principalOf(user),
      host: null,
      operation: AclOperations.ANY,
      permissionType: AclPermissionTypes.ANY,
    },
  });
  return resources.flatMap(({ acls, ...resource }) => acls.map((acl) => ({ ...resource, ...acl })));
}

const keyOf = (acl: Acl) =>
  [
    acl.resourceType,
    acl.resourceName,
    acl.resourcePatternType,
    acl.host,
    acl.operation,
    acl.permissionType,
  ].join('|');

function without(acls: readonly Acl[], others: readonly Acl[]): Acl[] {
  const known = new Set(others.map(keyOf));
  return acls.filter((acl) => !known.has(keyOf(acl)));
}
