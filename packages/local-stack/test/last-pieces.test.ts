import { lastPiecesStory } from './stories/last-pieces.ts';
import { openShop } from './support/shop.ts';

lastPiecesStory(openShop);
