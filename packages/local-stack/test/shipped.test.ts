import { shippedStories } from './stories/shipped.ts';
import { openShop } from './support/shop.ts';

describe('what was shipped', () => shippedStories(() => openShop()));
