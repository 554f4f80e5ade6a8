/** As it is stored; the table of the statement is `users`. */
export const storedRole = 'users.role';

/** An administrator without a second factor counts as a customer, who can add one. */
const provenRole = `CASE WHEN users.role = 'admin' AND NOT EXISTS (
    SELECT FROM second_factors WHERE second_factors.user_id = users.id AND confirmed_at IS NOT NULL)
  THEN 'customer' ELSE users.role END`;

/** The expression of the role that counts. @param required whether administrators must have a second factor */
export const effectiveRole = (required: boolean): string => (required ? provenRole : storedRole);
