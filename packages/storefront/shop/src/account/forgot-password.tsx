import { orThrow } from '@shop/client';
import { useMutation } from '@tanstack/preact-query';
import { shop } from '../api.ts';
import { Field, Form, Submit, type Typed } from '../parts/form.tsx';
import { Page } from '../parts/page.tsx';

export function ForgotPasswordPage() {
  const ask = useMutation({
    mutationFn: ({ email = '' }: Typed) => orThrow(shop.requestPasswordReset({ body: { email } })),
  });
  return (
    <Page title="Forgot your password?">
      <Form class="card narrow stack" sending={ask}>
        <Field label="Email" name="email" type="email" autocomplete="username" required />
        <Submit>Send me a link</Submit>
        <p role="status" class={ask.isSuccess ? 'note' : 'unseen'}>
          {ask.isSuccess && 'If there is an account with this email, a mail with a link is on its way to it.'}
        </p>
      </Form>
    </Page>
  );
}
