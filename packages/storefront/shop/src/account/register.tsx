import { useMutation } from '@tanstack/preact-query';
import { Link, useLocation, useSearchParams } from 'wouter-preact';
import { Field, Form, Press, type Typed } from '../parts/form.tsx';
import { Page } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { signUp } from '../session.ts';
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
      <Form class="card narrow stack" busy={register.isPending} onSubmit={register.mutate}>
        <Field
          label="Name"
          name="username"
          autocomplete="name"
          required
          maxLength={50}
          error={register.error}
        />
        <Field label="Email" name="email" type="email" autocomplete="email" required error={register.error} />
        <Field
          label="Password"
          name="password"
          type="password"
          autocomplete="new-password"
          required
          minLength={10}
          error={register.error}
          hint="At least 10 characters."
        />
        <Problem error={register.error} />
        <Press class="main" busy={register.isPending}>
          Make an account
        </Press>
        <p>
          Have one? <Link href={`/sign-in?${params}`}>Sign in</Link>
        </p>
      </Form>
    </Page>
  );
}
