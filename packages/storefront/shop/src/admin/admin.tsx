import { Link, Route, Switch } from 'wouter-preact';
import { Waiting } from '../parts/loaded.tsx';
import { Page } from '../parts/page.tsx';
import { useMe } from '../session.ts';
import { EditProduct } from './edit-product.tsx';
import { NewProduct } from './new-product.tsx';
import { AdminOrders } from './orders.tsx';
import { AdminProducts } from './products.tsx';

/** Where those who run the shop work. The API refuses all others by itself: this only spares them the forms. */
export default function AdminPages() {
  const { data: me } = useMe();
  if (me === undefined) return <Waiting />;
  if (me?.role !== 'admin') {
    return (
      <Page title="For administrators">
        <p>
          <Link href="/sign-in?next=/admin">Sign in</Link> as an administrator to see this.
        </p>
      </Page>
    );
  }
  return (
    <div class="stack wide">
      <nav class="row" aria-label="Administration">
        <Link href="/admin">Orders</Link>
        <Link href="/admin/products">Products</Link>
        <Link href="/admin/products/new">New product</Link>
      </nav>
      <Switch>
        <Route path="/admin" component={AdminOrders} />
        <Route path="/admin/products" component={AdminProducts} />
        <Route path="/admin/products/new" component={NewProduct} />
        <Route path="/admin/products/:id">{({ id }) => <EditProduct key={id} id={Number(id)} />}</Route>
      </Switch>
    </div>
  );
}
