import { Field } from '../parts/form.tsx';

/** What makes a good one, the API knows, and says beside the field. */
export const NewPassword = (props: { label: string; name: string }) => (
  <Field
    {...props}
    type="password"
    autocomplete="new-password"
    required
    minLength={10}
    hint="At least 10 characters."
  />
);
