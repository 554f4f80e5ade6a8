import type { ComponentChildren } from 'preact';
import { lazy, Suspense } from 'preact/compat';
import { Link, Route, Switch, useLocation } from 'wouter-preact';
import { AccountPage } from './account/account.tsx';
import { ForgotPasswordPage } from './account/forgot-password.tsx';
import { RegisterPage } from './account/register.tsx';
import { ResetPasswordPage } from './account/reset-password.tsx';
import { SignInPage } from './account/sign-in.tsx';
import { VerifyEmailPage } from './account/verify-email.tsx';
import { CartPage } from './cart/cart.tsx';
import { LeftCart } from './cart/left-cart.tsx';
import { useCart } from './cart/use-cart.ts';
import { Catalogue } from './catalogue/catalogue.tsx';
import { SearchBox } from './catalogue/search-box.tsx';
import { CheckoutPage } from './checkout/checkout.tsx';
import { ReviewPage } from './checkout/review.tsx';
import { OrderPage } from './order/order.tsx';
import { OrdersPage } from './order/orders.tsx';
import { Waiting } from './parts/loaded.tsx';
import { Page } from './parts/page.tsx';
import { ProductPage } from './product/product.tsx';
import { isCustomer, useMe } from './session.ts';

// Few need these, and nobody at first.
const AdminPages = lazy(() => import('./admin/admin.tsx'));

export function App() {
  return (
    <>
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <Header />
      <main id="content">
        <LeftCart />
        <Suspense fallback={<Waiting />}>
          <Pages />
        </Suspense>
      </main>
      <footer class="foot">
        A demo shop on the API that <a href="/docs">the documentation</a> describes. Nothing here is really
        for sale.
      </footer>
    </>
  );
}

function Pages() {
  return (
    <Switch>
      <Route path="/" component={Catalogue} />
      <Route path="/products/:id">{({ id }) => <ProductPage id={Number(id)} />}</Route>
      <Route path="/cart" component={CartPage} />
      <Route path="/checkout" component={CheckoutPage} />
      <Route path="/checkout/review" component={ReviewPage} />
      <Route path="/orders" component={OrdersPage} />
      <Route path="/orders/:orderNumber">
        {({ orderNumber }) => <OrderPage key={orderNumber} orderNumber={orderNumber} />}
      </Route>
      <Route path="/sign-in" component={SignInPage} />
      <Route path="/register" component={RegisterPage} />
      <Route path="/forgot-password" component={ForgotPasswordPage} />
      <Route path="/reset-password" component={ResetPasswordPage} />
      <Route path="/verify-email" component={VerifyEmailPage} />
      <Route path="/account" component={AccountPage} />
      <Route path="/admin/*?" component={AdminPages} />
      <Route>
        <Page title="Nothing here">
          <p>
            This page does not exist. <Link href="/">See all products</Link>
          </p>
        </Page>
      </Route>
    </Switch>
  );
}

function Header() {
  const { data: me } = useMe();
  const { data: cart } = useCart();
  const pieces = cart?.lines.reduce((sum, { qty }) => sum + qty, 0) ?? 0;
  return (
    <header class="bar">
      <div>
        <Link class="brand" href="/">
          The shop
        </Link>
        <SearchBox />
        <nav class="menu" aria-label="Shop">
          {me?.role === 'admin' && <NavLink href="/admin">Admin</NavLink>}
          <NavLink href="/orders">Orders</NavLink>
          {isCustomer(me) ? (
            <NavLink href="/account">Account</NavLink>
          ) : (
            <NavLink href="/sign-in">Sign in</NavLink>
          )}
          <NavLink href="/cart">Cart {pieces > 0 && <span class="count">{pieces}</span>}</NavLink>
        </nav>
      </div>
    </header>
  );
}

function NavLink({ href, children }: { href: string; children: ComponentChildren }) {
  const [path] = useLocation();
  return (
    <Link href={href} aria-current={path === href ? 'page' : undefined}>
      {children}
    </Link>
  );
}
