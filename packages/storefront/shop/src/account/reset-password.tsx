import { orThrow } from '@shop/client';
import { useMutation } from '@tanstack/preact-query';
import { Link } from 'wouter-preact';
import { shop } from '../api.ts';
import { Field, Form, Press, type Typed } from '../parts/form.tsx';
import { Page } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { useLinkToken } from './use-link-token.ts';

/** Where the link in the mail for a forgotten password leads. */
export function ResetPasswordPage() {
  const token = useLinkToken();
  const reset = useMutation({
    mutationFn: ({ newPassword = '' }: Typed) =>
      orThrow(shop.resetPassword({ body: { token, newPassword } })),
  });
  return (
    <Page title="Choose a new password">
      {reset.isSuccess ? (
        <p role="status" class="note">
          It is changed. <Link href="/sign-in">Sign in</Link>
        </p>
      ) : (
        <Form class="card narrow stack" busy={reset.isPending} onSubmit={reset.mutate}>
          <Field
            label="New password"
            name="newPassword"
            type="password"
            autocomplete="new-password"
            required
            minLength={10}
            hint="At least 10 characters."
            error={reset.error}
          />
          <Problem error={reset.error} />
          <Press class="main" busy={reset.isPending}>
            Change it
          </Press>
        </Form>
      )}
    </Page>
  );
}
