import { lifeStories } from './stories/lives.ts';
import { openShop } from './support/shop.ts';

lifeStories(openShop, 20);
