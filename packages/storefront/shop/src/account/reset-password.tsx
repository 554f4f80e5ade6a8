import { orThrow } from '@shop/client';
import { useMutation } from '@tanstack/preact-query';
import { Link } from 'wouter-preact';
import { shop } from '../api.ts';
import { Form, Submit, type Typed } from '../parts/form.tsx';
import { Page } from '../parts/page.tsx';
import { NewPassword } from './new-password.tsx';
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
        <Form class="card narrow stack" sending={reset}>
          <NewPassword label="New password" name="newPassword" />
          <Submit>Change it</Submit>
        </Form>
      )}
    </Page>
  );
}
