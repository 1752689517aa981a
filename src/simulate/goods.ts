/**
 * What the simulated shop could sell: shelves with their nouns, materials, usual prices, seasons and what goes with
 * what, and the words brands, colours and styles are made of. All names are invented.
 *
 * A shelf is the leaf of the category path. Prices are medians in major units.
 */
export interface Shelf {
  /** Department, group, shelf. */
  readonly path: readonly [string, string, string]
  readonly price: number
  readonly nouns: readonly string[]
  readonly materials: readonly string[]
  /** Indices of shelves whose products are bought along with this one's. */
  readonly goesWith: readonly number[]
  /** Month (0–11) of the highest demand; `null` for goods of all seasons. */
  readonly peakMonth: number | null
  /** After how many days the usual shopper needs the same again; `null` for what lasts. */
  readonly rebuyDays: number | null
}

/** Path | usual price | nouns | materials | month of the highest demand | days until it is used up. */
const shelfTable = `
Fashion > Tops > T-Shirts | 24 | crew-neck tee, pocket tee, long-sleeve tee | organic cotton, jersey, linen | 6 | -
Fashion > Tops > Shirts | 49 | oxford shirt, flannel shirt, overshirt | cotton poplin, flannel, linen | - | -
Fashion > Tops > Knitwear | 69 | cable jumper, roll-neck, cardigan | merino, lambswool, cotton knit | 11 | -
Fashion > Bottoms > Jeans | 79 | straight jeans, slim jeans, wide-leg jeans | selvedge denim, stretch denim | - | -
Fashion > Bottoms > Trousers | 65 | chinos, pleated trousers, cords | twill, wool blend, corduroy | - | -
Fashion > Bottoms > Shorts | 39 | chino shorts, linen shorts, swim shorts | cotton, linen, quick-dry weave | 6 | -
Fashion > Outerwear > Coats | 169 | wool coat, parka, trench coat | wool blend, waxed cotton, gabardine | 11 | -
Fashion > Outerwear > Jackets | 109 | denim jacket, bomber, quilted jacket | denim, recycled nylon, suede | 9 | -
Fashion > Shoes > Trainers | 89 | low trainers, court shoes, runners | leather, knit, canvas | - | -
Fashion > Shoes > Boots | 139 | chelsea boots, lace-up boots, ankle boots | leather, nubuck, suede | 10 | -
Fashion > Shoes > Sandals | 55 | slides, strap sandals, espadrilles | leather, cork, jute | 6 | -
Fashion > Accessories > Belts | 35 | dress belt, woven belt | leather, webbing | - | -
Fashion > Accessories > Scarves | 32 | scarf, snood, shawl | cashmere blend, lambswool, silk | 11 | -
Fashion > Accessories > Socks | 12 | ankle socks, boot socks, dress socks | combed cotton, merino, bamboo | - | 75
Home > Bedroom > Bed Linen | 59 | duvet cover, sheet set, pillowcase pair | percale cotton, washed linen, sateen | - | -
Home > Bedroom > Pillows | 29 | memory pillow, down pillow, body pillow | memory foam, feather, microfibre | - | -
Home > Living > Lamps | 75 | table lamp, floor lamp, pendant lamp | brass, rattan, opal glass | 10 | -
Home > Living > Light Bulbs | 9 | filament bulb, dimmable bulb, globe bulb | clear glass, frosted glass | - | 60
Home > Living > Rugs | 129 | flat-weave rug, shag rug, runner | wool, jute, recycled cotton | - | -
Home > Living > Cushions | 27 | cushion, bolster, floor cushion | velvet, linen, boucle | - | -
Home > Living > Throws | 45 | throw, blanket | alpaca blend, cotton waffle, fleece | 11 | -
Home > Living > Candles | 19 | scented candle, pillar candle, tealight set | soy wax, beeswax | 11 | 40
Home > Storage > Baskets | 25 | laundry basket, storage basket, wire crate | seagrass, felt, steel | - | -
Kitchen > Cookware > Pans | 59 | frying pan, sauté pan, griddle pan | cast iron, stainless steel, carbon steel | - | -
Kitchen > Cookware > Pots | 85 | casserole, stock pot, saucepan set | enamelled iron, stainless steel | - | -
Kitchen > Cookware > Bakeware | 24 | loaf tin, cake tin, baking tray | carbon steel, silicone, stoneware | 11 | -
Kitchen > Tools > Knives | 65 | chef knife, santoku, bread knife | high-carbon steel, damascus steel | - | -
Kitchen > Tools > Cutting Boards | 29 | cutting board, carving board | oak, bamboo, acacia | - | -
Kitchen > Tools > Utensils | 14 | spatula set, whisk, ladle | beech, silicone, steel | - | -
Kitchen > Coffee > Coffee Makers | 95 | pour-over set, espresso maker, french press | heatproof glass, steel | - | -
Kitchen > Coffee > Coffee Beans | 15 | espresso roast, filter roast, decaf roast | single origin, house blend | - | 24
Kitchen > Coffee > Coffee Filters | 6 | cone filters, basket filters | unbleached paper, hemp paper | - | 35
Kitchen > Coffee > Mugs | 13 | mug, espresso cup, travel mug | stoneware, porcelain, steel | - | -
Kitchen > Coffee > Tea | 9 | green tea, breakfast tea, herbal tea | loose leaf, pyramid bags | 0 | 30
Electronics > Phones > Smartphones | 459 | smartphone 128 GB, smartphone 256 GB | aluminium, ceramic glass | - | -
Electronics > Phones > Phone Cases | 19 | phone case, folio case, bumper case | silicone, leather, cork | - | -
Electronics > Phones > Chargers | 25 | USB-C charger, wireless charger, power bank | recycled plastic, aluminium | - | -
Electronics > Audio > Headphones | 119 | over-ear headphones, earbuds, sports earbuds | matt plastic, aluminium | - | -
Electronics > Audio > Speakers | 99 | portable speaker, bookshelf speaker, soundbar | walnut, aluminium | - | -
Electronics > Computing > Keyboards | 69 | mechanical keyboard, compact keyboard | aluminium, PBT plastic | - | -
Electronics > Computing > Mice | 39 | wireless mouse, ergonomic mouse | soft-touch plastic, magnesium | - | -
Electronics > Computing > Batteries | 10 | AA batteries, AAA batteries, coin cells | alkaline, rechargeable | - | 50
Outdoor > Camping > Tents | 219 | dome tent, tunnel tent, trekking tent | ripstop nylon, polycotton | 6 | -
Outdoor > Camping > Sleeping Bags | 119 | mummy bag, summer bag, down bag | down, synthetic fill | 6 | -
Outdoor > Camping > Sleeping Mats | 65 | inflatable mat, foam mat | ripstop, closed-cell foam | 6 | -
Outdoor > Camping > Camping Stoves | 55 | gas stove, spirit burner, cook set | titanium, anodised aluminium | 6 | -
Outdoor > Camping > Camping Gas | 7 | gas cartridge 230 g, gas cartridge 450 g | butane-propane mix | 6 | 30
Outdoor > Hiking > Backpacks | 95 | daypack 22 L, trekking pack 50 L, roll-top pack | recycled nylon, canvas | 5 | -
Outdoor > Hiking > Water Bottles | 22 | insulated bottle, flask, hydration bladder | stainless steel, tritan | 6 | -
Outdoor > Hiking > Head Torches | 39 | head torch, running light | aluminium, recycled plastic | 10 | -
Beauty > Skin > Face Cream | 28 | day cream, night cream, gel cream | hyaluronic acid, shea butter, niacinamide | - | 38
Beauty > Skin > Cleansers | 16 | foaming cleanser, cleansing balm, micellar water | oat, green tea, aloe | - | 34
Beauty > Skin > Serums | 36 | vitamin C serum, retinol serum, hydrating serum | squalane, vitamin C, peptides | - | 45
Beauty > Skin > Sun Care | 17 | sun cream SPF 50, sun fluid SPF 30, after-sun gel | mineral filter, aloe | 6 | 50
Beauty > Hair > Shampoo | 12 | shampoo, shampoo bar, dry shampoo | argan oil, keratin, rosemary | - | 32
Beauty > Hair > Conditioner | 13 | conditioner, hair mask, leave-in spray | argan oil, coconut, keratin | - | 36
Beauty > Make-up > Lipstick | 19 | lipstick, lip tint, lip balm | satin finish, matte finish | - | -
Beauty > Make-up > Mascara | 21 | mascara, brow gel, eyeliner | waterproof formula, vegan formula | - | 70
Books > Fiction > Novels | 14 | novel | paperback, hardback | - | -
Books > Fiction > Crime | 12 | crime novel | paperback, hardback | - | -
Books > Fiction > Fantasy | 15 | fantasy novel | paperback, hardback | - | -
Books > Knowledge > Cookbooks | 26 | cookbook | hardback, cloth-bound | 11 | -
Books > Knowledge > Travel Guides | 18 | travel guide | paperback | 5 | -
Books > Paper > Bookmarks | 7 | bookmark set, reading light | brass, leather, card | - | -
Toys > Building > Building Blocks | 45 | block set, marble run, construction kit | beech, recycled plastic | 11 | -
Toys > Building > Toy Vehicles | 22 | train set, tipper truck, racing car | maple, die-cast metal | 11 | -
Toys > Games > Board Games | 34 | strategy game, family game, card game | linen card, wood | 11 | -
Toys > Games > Puzzles | 18 | 500-piece puzzle, 1000-piece puzzle, floor puzzle | recycled board, plywood | 11 | -
Toys > Soft > Soft Toys | 24 | bear, rabbit, fox | plush, organic cotton | 11 | -
Garden > Growing > Seeds | 4 | tomato seeds, wildflower mix, herb seeds | organic seed, heirloom seed | 3 | -
Garden > Growing > Compost | 11 | potting compost, seed compost, plant food | peat-free mix, worm castings | 4 | 35
Garden > Growing > Plant Pots | 21 | planter, hanging pot, window box | terracotta, glazed clay, zinc | 4 | -
Garden > Tools > Garden Tools | 32 | hand trowel, secateurs, border spade | ash and steel, carbon steel | 4 | -
Garden > Tools > Garden Gloves | 14 | gardening gloves, pruning gloves | goatskin, bamboo and latex | 4 | -
Sports > Fitness > Yoga | 42 | yoga mat, yoga block pair, bolster | natural rubber, cork | 0 | -
Sports > Fitness > Weights | 59 | dumbbell pair, kettlebell, resistance bands | cast iron, neoprene, latex | 0 | -
Sports > Fitness > Protein | 27 | whey protein, pea protein, energy bars | vanilla, cocoa, berry | - | 26
Sports > Cycling > Bike Lights | 35 | bike light set, rear light | aluminium, polycarbonate | 10 | -
Sports > Cycling > Bike Helmets | 75 | road helmet, city helmet, trail helmet | in-mould shell, EPS foam | 4 | -
Sports > Running > Running Shoes | 119 | road running shoes, trail running shoes | mesh, recycled knit | 3 | -
`

/** Shelf: shelves whose products are bought along. */
const companionTable = `
T-Shirts: Jeans, Shorts; Shirts: Trousers, Belts; Knitwear: Jeans, Scarves; Jeans: T-Shirts, Belts;
Trousers: Shirts, Belts; Shorts: T-Shirts, Sandals; Coats: Scarves, Boots; Jackets: T-Shirts, Jeans;
Trainers: Socks, Jeans; Boots: Socks, Coats; Sandals: Shorts; Belts: Jeans, Trousers; Scarves: Coats, Knitwear;
Socks: Trainers, Boots; Bed Linen: Pillows; Pillows: Bed Linen; Lamps: Light Bulbs; Light Bulbs: Lamps;
Rugs: Cushions; Cushions: Throws, Rugs; Throws: Cushions, Candles; Candles: Throws; Baskets: Rugs;
Pans: Utensils, Knives; Pots: Utensils; Bakeware: Utensils; Knives: Cutting Boards; Cutting Boards: Knives;
Utensils: Pans, Pots; Coffee Makers: Coffee Beans, Coffee Filters, Mugs;
Coffee Beans: Coffee Filters, Coffee Makers; Coffee Filters: Coffee Beans; Mugs: Coffee Beans, Tea; Tea: Mugs;
Smartphones: Phone Cases, Chargers, Headphones; Phone Cases: Smartphones, Chargers;
Chargers: Smartphones, Phone Cases; Headphones: Smartphones; Speakers: Chargers; Keyboards: Mice; Mice: Keyboards;
Batteries: Mice, Keyboards; Tents: Sleeping Bags, Sleeping Mats, Camping Stoves;
Sleeping Bags: Sleeping Mats, Tents; Sleeping Mats: Sleeping Bags; Camping Stoves: Camping Gas;
Camping Gas: Camping Stoves; Backpacks: Water Bottles; Water Bottles: Backpacks; Head Torches: Batteries, Tents;
Face Cream: Cleansers, Serums; Cleansers: Face Cream; Serums: Face Cream; Sun Care: Face Cream;
Shampoo: Conditioner; Conditioner: Shampoo; Lipstick: Mascara; Mascara: Lipstick, Cleansers; Novels: Bookmarks;
Crime: Novels; Fantasy: Novels; Cookbooks: Pans, Knives; Travel Guides: Backpacks; Bookmarks: Novels;
Building Blocks: Toy Vehicles; Toy Vehicles: Building Blocks; Board Games: Puzzles; Puzzles: Board Games;
Soft Toys: Puzzles; Seeds: Plant Pots, Compost; Compost: Plant Pots, Seeds; Plant Pots: Compost, Seeds;
Garden Tools: Garden Gloves; Garden Gloves: Garden Tools; Yoga: Water Bottles; Weights: Protein; Protein: Weights;
Bike Lights: Bike Helmets; Bike Helmets: Bike Lights; Running Shoes: Socks, Water Bottles
`

const listed = (text: string): string[] => text.split(', ')
const numbered = (text: string): number | null => (text === '-' ? null : Number(text))
const rows = shelfTable
  .trim()
  .split('\n')
  .map((row) => row.split(' | '))
const shelfNames = rows.map(([path]) => path.split(' > ')[2])
const companions = new Map(
  companionTable
    .trim()
    .split(/;\s*/)
    .map((entry) => entry.split(': '))
    .map(([name, others]) => [name, listed(others).map((other) => shelfNames.indexOf(other))]),
)

export const shelves: readonly Shelf[] = rows.map(([path, price, nouns, materials, peak, rebuy], index) => ({
  path: path.split(' > ') as [string, string, string],
  price: Number(price),
  nouns: listed(nouns),
  materials: listed(materials),
  goesWith: companions.get(shelfNames[index]) ?? [],
  peakMonth: numbered(peak),
  rebuyDays: numbered(rebuy),
}))

export const departments: readonly string[] = [...new Set(shelves.map((shelf) => shelf.path[0]))]

/** Name and the colour a picture is painted in. */
export const colours = [
  ['Black', '#2b2b2f'],
  ['White', '#f4f1ea'],
  ['Navy', '#27406b'],
  ['Grey', '#8b9198'],
  ['Forest Green', '#2f6b4a'],
  ['Terracotta', '#c4694a'],
  ['Sand', '#d9c3a0'],
  ['Burgundy', '#7c2a3b'],
  ['Mustard', '#d9a52b'],
  ['Sky Blue', '#7fb4dc'],
  ['Blush', '#e6b3ad'],
  ['Lilac', '#b49bd0'],
] as const

/** A style, the adjectives that say it, what a book of it is, and what a description says of it. */
export const styles = [
  ['minimal', ['Minimal', 'Plain', 'Slim'], 'Spare', 'Nothing that is not needed.'],
  ['classic', ['Classic', 'Timeless', 'Heritage'], 'Classic', 'A shape that has been right for decades.'],
  ['rugged', ['Rugged', 'Tough', 'Hard-Wearing'], 'Gritty', 'Made to be used hard.'],
  ['playful', ['Playful', 'Bright', 'Cheerful'], 'Comic', 'Brings some fun into the day.'],
  ['natural', ['Natural', 'Undyed', 'Earthy'], 'Rural', 'Gentle materials, little processed.'],
  ['modern', ['Modern', 'Sleek', 'Urban'], 'Contemporary', 'Clear lines for today.'],
  ['vintage', ['Vintage', 'Retro', 'Old-School'], 'Historical', 'Looks as if it had a story to tell.'],
  ['premium', ['Premium', 'Signature', 'Select'], 'Prize-Winning', 'Finished with care down to the last detail.'],
] as const

export const genders = ['unisex', 'women', 'men', 'kids'] as const

/** The series brands give their products, shared by all. */
export const lineNames = listed(
  'Ridge, Aurora, Fjord, Harbour, Meadow, Orbit, Pebble, Cedar, Tide, Ember, Willow, Summit, Echo, Linden, Drift, ' +
    'Nova, Heron, Slate, Breeze, Canyon, Juniper, Vista, Copper, Solstice, Thistle, Delta, Marlow, Quartz, Bramble',
)

export const brandStems = listed(
  'Alder, Birken, Calla, Dorn, Elmo, Fenn, Grey, Haven, Isla, Juno, Kest, Lark, Mira, Nord, Oaken, Pell, Quill, ' +
    'Rowan, Sol, Tarn, Ulm, Vale, Wren, Yarrow, Zeph, Brook, Cove, Dune, Finch, Moss',
)

/** What a brand of the department is called after its stem. */
export const brandEndings: Readonly<Record<string, readonly string[]>> = {
  Fashion: [' & Daughters', ' Atelier', 'line', ' Studio'],
  Home: [' House', 'haus', ' & Hearth', ' Interiors'],
  Kitchen: [' Table', 'cook', ' Pantry', ' & Salt'],
  Electronics: ['tek', 'wave', ' Audio', 'lectra'],
  Outdoor: ['kamp', ' Peak', ' Trail', 'fell'],
  Beauty: ['derm', ' Botanics', 'skin', ' Apothecary'],
  Books: [' Press', ' House Books', ' & Quire', ' Editions'],
  Toys: ['bricks', ' & Bear', 'toys', ' Playroom'],
  Garden: [' Gardens', 'grow', ' & Spade', ' Nursery'],
  Sports: ['fit', ' Athletics', 'stride', ' Sport'],
}

/** A book is called "The <first> <second>". */
export const bookFirst = listed(
  'Quiet, Salt, Glass, Last, Crooked, Hidden, Winter, Paper, Burning, Distant, Silver, Borrowed, Hollow, Northern',
)
export const bookSecond = listed(
  'Harbour, Orchard, Letter, Lighthouse, Garden, Road, Kitchen, River, Map, Daughter, Island, Clockmaker, Table',
)
