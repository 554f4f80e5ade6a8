// The walls of the house: what may import what. Each rule says why.
const services = '^(user|catalog|order|payment)_service/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'A cycle hides which of two modules is the foundation.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'service-to-service-never',
      comment: 'Services talk by HTTP and events; each is deployed alone.',
      severity: 'error',
      from: { path: services },
      to: { path: services, pathNot: '^$1_service/' },
    },
    {
      name: 'package-to-service-never',
      comment: 'Only local-stack puts services together.',
      severity: 'error',
      from: { path: '^packages/', pathNot: '^packages/local-stack/' },
      to: { path: services },
    },
    {
      name: 'sources-never-import-test-tools',
      comment: 'Production does not depend on what tests use.',
      severity: 'error',
      from: { path: '(^|/)src/', pathNot: '^packages/testing/' },
      to: { path: '^packages/testing/|(^|/)test/' },
    },
    {
      name: 'domain-is-pure',
      comment: 'Rules know contracts and problems, what an email address is, and common passwords; no I/O.',
      severity: 'error',
      from: { path: '_service/src/domain/' },
      to: {
        pathNot:
          '_service/src/(domain/|problems\\.ts$)|^packages/(contracts|money|service-kit)/|node_modules/@hapi/address/|node_modules/@zxcvbn-ts/language-common/',
        dependencyTypesNot: ['core'],
      },
    },
    {
      name: 'engines-stay-behind-their-doors',
      comment: 'Routes and services speak of the shop, never of an ORM, a broker, Stripe or a search engine.',
      severity: 'error',
      from: { path: '_service/src/(routes|services)/' },
      to: {
        path: 'node_modules/(pg|drizzle-orm|@prisma|kafkajs|stripe|@elastic)(/|$)|/generated/prisma/',
      },
    },
    {
      name: 'contract-stays-at-the-door',
      comment: 'Rules and tables do not depend on how HTTP shows them.',
      severity: 'error',
      from: { path: '_service/src/(domain|db)/' },
      to: { path: '_service/src/(routes/|generated/openapi\\.ts$)' },
    },
    {
      name: 'orm-in-db-only',
      comment: 'db/ is the only place that knows the ORM; the composition root may pass a pool.',
      severity: 'error',
      from: { path: '_service/src/', pathNot: '_service/src/(db|search)/|_service/src/generated/' },
      to: { path: 'node_modules/(drizzle-orm|@prisma)(/|$)' },
    },
    {
      name: 'elasticsearch-in-its-adapter-only',
      comment: 'Search is asked through SearchIndex, whatever engine answers.',
      severity: 'error',
      from: { pathNot: '^catalog_service/src/search/elasticsearch/|^catalog_service/test/' },
      to: { path: 'node_modules/@elastic(/|$)' },
    },
    {
      name: 'gateway-without-demo-shop',
      comment: 'The gateway serves what was built of it, and does not run it.',
      severity: 'error',
      from: { path: '^packages/storefront/src/' },
      to: { path: '^packages/storefront/shop/' },
    },
    {
      name: 'kafkajs-in-messaging-only',
      comment: 'It has no maintainer: one folder behind EventBus knows it, and the tests of that.',
      severity: 'error',
      from: { pathNot: '^packages/messaging/(src/kafka|test)/' },
      to: { path: 'node_modules/kafkajs(/|$)' },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|node_modules/.cache)/|/generated/prisma/internal/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
