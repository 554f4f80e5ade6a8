// Without an import of Vite: its types are all that would give, and the image builds with a Vite that is elsewhere.
const gateway = process.env.SHOP_URL ?? 'http://127.0.0.1:3000';

export default {
  root: import.meta.dirname,
  // Workspace packages as their sources, as tests take them.
  resolve: { conditions: ['source', 'module', 'browser', 'production'] },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../dist/shop',
    emptyOutDir: true,
    target: 'es2022',
    // The Content-Security-Policy allows no data: URL.
    assetsInlineLimit: 0,
    // Every browser that has modules of this year preloads them itself.
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  // `pnpm --filter @shop/storefront shop`: the pages from Vite, all else from a shop that runs.
  server: { port: 5173, proxy: { '^/(api|config.json|pictures)': gateway } },
};
