import { refundStories } from './stories/refunds.ts';
import { openShop } from './support/shop.ts';

refundStories(openShop);
