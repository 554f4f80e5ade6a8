import { useMutation } from '@tanstack/preact-query';
import { Link, useLocation, useSearchParams } from 'wouter-preact';
import { Field, Form, Submit, type Typed } from '../parts/form.tsx';
import { Page } from '../parts/page.tsx';
import { signUp } from '../session.ts';
import { NewPassword } from './new-password.tsx';
import { nextPath } from './next-path.ts';

/** A guest who registers keeps the cart and the orders: the client sends the guest's token along. */
export function RegisterPage() {
  const [params] = useSearchParams();
  const [, navigate] = useLocation();
  const register = useMutation({
    mutationFn: ({ username = '', email = '', password = '' }: Typed) =>
      signUp({ username, email, password }),
    onSuccess: () => navigate(nextPath(params), { replace: true }),
  });
  return (
    <Page title="Make an account">
      <Form class="card narrow stack" sending={register}>
        <Field label="Name" name="username" autocomplete="name" required maxLength={50} />
        <Field label="Email" name="email" type="email" autocomplete="email" required />
        <NewPassword label="Password" name="password" />
        <Submit>Make an account</Submit>
        <p>
          Have one? <Link href={`/sign-in?${params}`}>Sign in</Link>
        </p>
      </Form>
    </Page>
  );
}
