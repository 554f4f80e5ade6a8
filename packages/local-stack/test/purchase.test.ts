import { purchaseStories } from './stories/purchase.ts';
import { openShop } from './support/shop.ts';

purchaseStories(openShop);
