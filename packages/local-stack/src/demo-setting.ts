/** Whether SHOP_DEMO leaves the shop a demo: unless it is switched off. */
export const isDemo = (shopDemo: string | undefined): boolean => !/^(false|0)$/.test(shopDemo ?? '');
