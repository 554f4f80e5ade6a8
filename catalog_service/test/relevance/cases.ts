/** What a search over the demo products must give, on every engine. */
export interface RelevanceCase {
  readonly search: string;
  /** These come first, in any order among themselves. */
  readonly first?: readonly string[];
  /** These are among the first so many (ten, if nothing is said). */
  readonly among?: readonly string[];
  readonly top?: number;
  /** These do not come at all. */
  readonly never?: readonly string[];
  /** How many there may be at most: a search that finds half of the shop has found nothing. */
  readonly most?: number;
  /** Nothing is found. */
  readonly nothing?: true;
}

const headphones = ['Aurora Wireless Headphones', 'Pebble In-Ear Headphones'];
const mugs = ['Stoneware Coffee Mug', 'Enamel Camping Mug'];
const laptopThings = ['Felt Laptop Sleeve 14"', 'Aluminium Laptop Stand'];
const lamps = ['LED Desk Lamp', 'Paper Table Lamp'];
const chairs = ['Mesh Office Chair', 'Folding Camping Chair'];
const cafes = ['Café Crème Cup Set', 'The Café at the End of Winter'];
const jackets = ['Waxed Field Jacket', 'Packable Rain Jacket'];
const ironThings = ['Cast Iron Skillet 26 cm', 'Cooking with Cast Iron'];

export const relevanceCases: readonly RelevanceCase[] = [
  // A word of the name, with any ending and in any case.
  { search: 'headphones', first: headphones, most: 2 },
  { search: 'HEADPHONE', first: headphones, most: 2 },
  { search: 'mug', first: mugs, never: ['Café Crème Cup Set'], most: 2 },
  { search: 'mugs', first: mugs, most: 2 },
  { search: 'chairs', first: chairs, most: 2 },
  { search: 'monitor', first: ['Meridian 27" Monitor'], most: 2 },
  { search: 'knives', among: ["Chef's Knife 20 cm", 'Pocket Knife with Nine Tools'] },
  { search: 'tent', first: ['Two-Person Tent'], never: ['Standing Desk 140 cm'] },
  { search: 'chess', first: ['Chess Set, Folding'] },
  { search: 'ukulele', first: ['Ukulele for Beginners'], most: 1 },
  { search: 'keyboard', first: ['Clack Mechanical Keyboard'], most: 2 },
  // The name comes before category and tags, and those before the description.
  {
    search: 'coffee',
    first: ['Stoneware Coffee Mug', 'Burr Coffee Grinder', 'House Blend Coffee Beans, 1 kg'],
  },
  { search: 'lamp', first: lamps },
  { search: 'laptop', first: laptopThings, among: ['65 W USB-C Charger'] },
  { search: 'jacket', first: jackets, most: 2 },
  {
    search: 'desk',
    first: [
      'Cork Desk Mat',
      'LED Desk Lamp',
      'Brass Desk Organiser',
      'Standing Desk 140 cm',
      'Echo Desk Microphone',
    ],
  },
  { search: 'watercolour', first: ['Watercolour Box, 24 Colours', 'Watercolour in Ten Evenings'] },
  { search: 'cast iron', first: ironThings, most: 2 },
  // Several words: all of them, wherever each is, in any order.
  { search: 'coffee mug', first: mugs, most: 2 },
  { search: 'mug coffee', first: mugs, most: 2 },
  { search: 'wireless headphones', first: ['Aurora Wireless Headphones'], most: 1 },
  { search: 'desk lamp', first: ['LED Desk Lamp'] },
  { search: 'usb c cable', first: ['Braided USB-C Cable, 2 m'] },
  { search: 'usb-c', among: ['65 W USB-C Charger', 'Braided USB-C Cable, 2 m'], top: 2 },
  { search: "chef's knife", first: ["Chef's Knife 20 cm"], most: 1 },
  { search: 'camping stove', first: ['Titanium Camping Stove'] },
  { search: 'wool socks', first: ['Wool Socks, 3 Pairs', 'Merino Hiking Socks'], most: 2 },
  { search: 'board game', first: ['Harbour Town Board Game'], most: 1 },
  { search: 'noise cancelling', first: ['Aurora Wireless Headphones'], most: 1 },
  { search: 'the lighthouse', first: ['The Lighthouse Ledger'], most: 1 },
  // Words of the category and tags.
  { search: 'kitchen mug', first: mugs, most: 2 },
  { search: 'books tea', first: ['A Short History of Tea'] },
  { search: 'science-fiction', first: ['The Quiet Algorithm'] },
  {
    search: 'toys wood',
    among: ['Wooden Train Set', 'Building Blocks, 100 Pieces', 'Chess Set, Folding'],
    top: 4,
  },
  { search: 'waterproof jacket', first: jackets, most: 2 },
  {
    search: 'hiking',
    first: ['Merino Hiking Socks'],
    among: ['Ridge Backpack 40 L', 'Trekking Poles, Pair'],
  },
  // With and without accents.
  { search: 'Café', first: cafes, most: 2 },
  { search: 'cafe', first: cafes, most: 2 },
  { search: 'cafe creme', first: ['Café Crème Cup Set'], most: 1 },
  // Not finished.
  { search: 'wirel', first: ['Aurora Wireless Headphones', 'Glide Wireless Mouse'] },
  { search: 'wireless headph', first: ['Aurora Wireless Headphones'], most: 1 },
  { search: 'backp', first: ['Ridge Backpack 40 L'], most: 1 },
  { search: 'chargi', among: ['Meridian 27" Monitor'] },
  { search: 'mer', among: ['Meridian 27" Monitor', 'Merino Crew Sweater', 'Merino Hiking Socks'] },
  // Misspelt: left out, put in, replaced, swapped.
  { search: 'hedphones', first: headphones, most: 2 },
  { search: 'headfones', first: headphones, most: 2 },
  { search: 'cofee mug', first: mugs, most: 2 },
  { search: 'keybord', first: ['Clack Mechanical Keyboard'], most: 2 },
  { search: 'bakpack', first: ['Ridge Backpack 40 L'], most: 1 },
  { search: 'moniter', first: ['Meridian 27" Monitor'], most: 2 },
  { search: 'tabel lamp', first: ['Paper Table Lamp'] },
  { search: 'lmap', among: lamps, top: 5 },
  { search: 'wirless hedphones', first: ['Aurora Wireless Headphones'], most: 1 },
  { search: 'creem cup', first: ['Café Crème Cup Set'], most: 2 },
  { search: 'blutooth speeker', first: ['Trail Bluetooth Speaker'], most: 1 },
  { search: 'micropone', first: ['Echo Desk Microphone'] },
  { search: 'cashmeer scarf', first: ['Cashmere Scarf'], most: 1 },
  // Another word for the same.
  { search: 'sneakers', first: ['Canvas Sneakers'], most: 1 },
  { search: 'trainers', first: ['Canvas Sneakers'], most: 1 },
  { search: 'trianers', first: ['Canvas Sneakers'], most: 1 },
  { search: 'rucksack', first: ['Ridge Backpack 40 L'], most: 1 },
  { search: 'jumper', first: ['Merino Crew Sweater'], most: 1 },
  { search: 'tshirt', first: ['Organic Cotton T-Shirt'], most: 1 },
  { search: 't-shirt', first: ['Organic Cotton T-Shirt'], most: 1 },
  { search: 't shirt', first: ['Organic Cotton T-Shirt'], most: 1 },
  { search: 'scarves', first: ['Cashmere Scarf'], most: 1 },
  { search: 'earphones', among: ['Pebble In-Ear Headphones', 'Aurora Wireless Headphones'], top: 2, most: 2 },
  { search: 'torch', first: ['Headlamp 400 Lumen'], most: 1 },
  { search: 'jigsaw', first: ['1,000-Piece Puzzle Alps'], most: 1 },
  { search: 'thermos', among: ['Insulated Bottle 750 ml'], top: 1 },
  { search: 'bike repair', first: ['Bicycle Repair Kit'], most: 1 },
  { search: 'gray beanie', first: ['Ribbed Beanie'], most: 1 },
  { search: 'carpet', first: ['Jute Rug 160 × 230'], most: 1 },
  // A word that no product has is left out; when none has all words, all but one will do.
  { search: 'xylophone mug', first: mugs, most: 2 },
  { search: 'zephyrine wireless headphones', first: ['Aurora Wireless Headphones'], most: 1 },
  { search: 'bamboo ukulele', among: ['Ukulele for Beginners', 'Bamboo Cutting Board'], top: 3, most: 4 },
  // Nothing like it.
  { search: 'xylophone', nothing: true },
  { search: 'xylophone zebra', nothing: true },
  { search: 'qqqq', nothing: true },
  { search: '!!!', nothing: true },
];
