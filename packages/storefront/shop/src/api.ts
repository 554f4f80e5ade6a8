import { createShopClient, type DataOf, webStore } from '@shop/client';

/** Who the caller is, for all tabs of this browser. */
export const tokens = webStore(localStorage);

/** The whole API, through the gateway that this page came from. */
export const shop = createShopClient({ store: tokens });

export type Me = DataOf<'getMe'>;
export type Product = DataOf<'getProduct'>;
export type Facets = NonNullable<DataOf<'listProducts'>['facets']>;
export type Cart = DataOf<'getCart'>;
export type CartLine = Cart['lines'][number];
export type Adjustment = Cart['adjustments'][number];
export type Checkout = NonNullable<Cart['checkout']>;
export type Address = Checkout['shippingAddress'];
export type Order = DataOf<'getOrder'>;
export type OrderSummary = DataOf<'listOrders'>['items'][number];
export type Payment = DataOf<'createPayment'>['data'];
export type Adjusted = DataOf<'mergeCart'>['adjusted'];
