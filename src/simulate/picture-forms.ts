/**
 * What the simulated shop's goods look like: one drawing a shelf, on a square of 120 with the floor at 98.
 *
 * `c` is filled with the product's own colour, `d` with its shadow, `l` with its light, `w` with near-white; lines are
 * drawn in the shadow. An entry of several drawings has one for each noun of the shelf, in the order of `goods.ts`.
 */
type Fill = 'c' | 'd' | 'l' | 'w'

const path = (fill: Fill, d: string): string => `<path class="${fill}" d="${d}"/>`
const line = (d: string): string => `<path class="n" d="${d}"/>`
const box = (fill: Fill, x: number, y: number, w: number, h: number, r = 3): string =>
  `<rect class="${fill}" x="${x}" y="${y}" width="${w}" height="${h}" rx="${r}"/>`
const disc = (fill: Fill, x: number, y: number, rx: number, ry = rx): string =>
  `<ellipse class="${fill}" cx="${x}" cy="${y}" rx="${rx}" ry="${ry}"/>`
const leaf = 'M60 66c-12-4-14-16-10-24 10 4 14 14 10 24zM60 66c0-12 6-18 16-20 2 10-4 18-16 20z'
const flame = 'M60 24c6 7 8 12 8 16a8 8 0 0 1-16 0c0-4 2-9 8-16z'

const shirt = path('c', 'M46 24L30 31 20 78l12 4 10-32v48h36V50l10 32 12-4-10-47-16-7-14 9z')
const shoe = (stripes: string): string =>
  path('c', 'M20 86c-1-13 1-22 6-30l13 5c4-5 9-5 12-2 9 12 20 16 34 18 10 2 15 5 15 11z') +
  path('w', 'M18 85h83v5c0 4-3 7-7 7H24c-4 0-6-3-6-7z') +
  line('M47 66l7-6M53 71l7-6M60 75l6-6') +
  stripes
const cover = (emblem: string): string =>
  path('d', 'M34 22h50a6 6 0 0 1 6 6v70H40a6 6 0 0 1-6-6z') +
  path('w', 'M38 90h50v6H40z') +
  path('c', 'M32 20h50a4 4 0 0 1 4 4v66H38a6 6 0 0 0-6 4z') +
  line('M39 20v70') +
  emblem
const titled = box('l', 47, 28, 30, 5, 2) + box('l', 47, 37, 19, 4, 2)
const bottle = (emblem: string): string =>
  box('d', 51, 20, 18, 14) +
  path('c', 'M50 34h20c8 3 10 8 10 14v44c0 4-2 6-6 6H46c-4 0-6-2-6-6V48c0-6 2-11 10-14z') +
  emblem
const sack = (emblem: string): string =>
  path('c', 'M36 32h48l6 60c0 4-2 6-6 6H36c-4 0-6-2-6-6z') + path('d', 'M36 32l4-10h40l4 10z') + emblem
const pot = path('c', 'M36 58h48l-7 40H43z') + box('d', 32, 52, 56, 10)
const phone = (back: string): string => box('c', 38, 18, 44, 80, 9) + back

/** By the name of the shelf. */
export const forms: Readonly<Record<string, readonly string[]>> = {
  'T-Shirts': [
    path('c', 'M45 26L22 37l8 20 11-4v45h38V53l11 4 8-20-23-11c-4 9-26 9-30 0z') + line('M45 26c2 13 28 13 30 0'),
  ],
  Shirts: [
    shirt +
      path('l', 'M46 24l14 13 14-13-5-3H51z') +
      line('M60 37v61M66 54h8v8h-8z') +
      disc('w', 60, 50, 1.5) +
      disc('w', 60, 66, 1.5),
  ],
  Knitwear: [
    shirt +
      path('d', 'M49 23c3 9 19 9 22 0l-4-3H53z') +
      line('M42 91h36M53 42l7 8 7-8M53 56l7 8 7-8M53 70l7 8 7-8M22 72l11 4M98 72l-11 4'),
  ],
  Jeans: [
    path('c', 'M41 20h38l7 78H66l-6-48-6 48H34z') +
      path('d', 'M41 20h38l1 8H40z') +
      line('M41 32c1 8 5 10 10 10M79 32c-1 8-5 10-10 10M60 28v20'),
  ],
  Trousers: [
    path('c', 'M42 20h36l4 78H67l-7-50-7 50H38z') +
      path('d', 'M42 20h36v6H42z') +
      box('l', 57, 20, 6, 6, 1) +
      line('M50 30l-3 66M70 30l3 66'),
  ],
  Shorts: [
    path('c', 'M38 32h44l10 48H64l-4-24-4 24H28z') +
      path('d', 'M38 32h44l1 8H37z') +
      line('M58 40l-3 12M62 40l3 12M30 73l27 0M63 73l27 0'),
  ],
  Coats: [
    path('c', 'M48 20L31 29 22 80l11 3 7-30v45h40V53l7 30 11-3-9-51-17-9-12 12z') +
      path('d', 'M48 20l12 30 12-30 7 5-8 26H49L41 25z') +
      box('d', 40, 64, 40, 6, 1) +
      disc('l', 60, 78, 2) +
      disc('l', 60, 88, 2),
  ],
  Jackets: [
    path('c', 'M47 26L29 34 20 80l12 3 8-28v34h40V55l8 28 12-3-9-46-18-8z') +
      path('d', 'M47 26c4 8 22 8 26 0l-4-4H51z') +
      box('d', 40, 83, 40, 8, 2) +
      line('M60 32v51M45 60h9v12h-9zM66 60h9v12h-9z'),
  ],
  Trainers: [shoe(path('l', 'M29 78c4-6 9-8 16-6l-4 8z'))],
  Boots: [
    path('c', 'M38 22h28v38c10 6 30 8 34 22v6H38z') +
      path('l', 'M48 34h10l-2 26H50z') +
      path('d', 'M36 87h65v8H60l-2-3h-4v6H36z'),
  ],
  Sandals: [
    path('l', 'M18 82c18-8 66-8 84 0l-3 10c-20 6-60 6-78 0z') +
      path('d', 'M19 88c20 6 62 6 82 0l-2 5c-20 6-60 6-78 0z') +
      path('c', 'M34 82c2-34 20-34 30 0l-8 1c-4-18-10-18-13 0zM64 81c4-22 18-22 22 1l-7-1c-2-10-6-10-8 0z'),
  ],
  Belts: [
    '<circle cx="60" cy="60" r="27" fill="none" stroke="$d" stroke-width="15"/><circle cx="60" cy="60" r="27" fill="none" stroke="$c" stroke-width="12"/>' +
      box('w', 46, 78, 22, 20, 4) +
      box('c', 51, 83, 12, 10, 2) +
      line('M57 83v10'),
  ],
  Scarves: [
    path('d', 'M66 44h16l6 52H70z') +
      path('c', 'M50 44h16l-6 54H40z') +
      path('c', 'M34 30c16-10 36-10 52 0l-2 16c-16 9-32 9-48 0z') +
      line('M42 90l20 2M43 84l20 2M38 36c14 8 30 8 44 0M44 98v4M50 98v4M56 98v4M74 96v4M80 96v4'),
  ],
  Socks: [
    path('d', 'M62 20h22v34l16 18c6 9-4 18-13 13L66 72z') +
      path('c', 'M38 24h24v38l20 18c8 10-4 22-14 15L42 78c-3-3-4-6-4-10z') +
      path('l', 'M38 24h24v9H38zM68 95c10 7 22-5 14-15l-5-4c0 10-6 14-12 16z'),
  ],
  'Bed Linen': [
    box('d', 24, 76, 72, 20, 9) +
      box('c', 26, 56, 68, 22, 9) +
      box('l', 28, 38, 64, 20, 9) +
      line('M34 86h54M36 67h50M38 48h46') +
      path('c', 'M52 38h18v20H52z'),
  ],
  Pillows: [
    path('c', 'M22 38c14 7 62 7 76 0 8 14 8 40 0 54-14-7-62-7-76 0-8-14-8-40 0-54z') +
      path('l', 'M32 48c12 4 30 5 40 4-12 6-28 10-40 8z') +
      line('M22 38l8 8M98 38l-8 8M22 92l8-8M98 92l-8-8'),
  ],
  Lamps: [
    path('c', 'M45 22h30l15 34H30z') +
      path('d', 'M57 56h6v26h-6z') +
      path('c', 'M42 90c2-10 34-10 36 0v8H42z') +
      line('M72 56v12'),
    path('c', 'M46 18h28l10 26H36z') + path('d', 'M58 44h4v48h-4z') + disc('d', 60, 95, 20, 4),
    line('M60 14v28') +
      path('d', 'M54 38h12v8H54z') +
      path('c', 'M60 44c24 0 34 18 34 34H26c0-16 10-34 34-34z') +
      disc('l', 60, 80, 12, 6),
  ],
  'Light Bulbs': [
    path('l', 'M60 20a28 28 0 0 1 16 50c-3 3-4 6-4 10H48c0-4-1-7-4-10a28 28 0 0 1 16-50z') +
      line('M50 50l5 12 5-12 5 12 5-12M55 62v18M65 62v18') +
      box('d', 49, 80, 22, 6) +
      box('c', 51, 86, 18, 6) +
      box('d', 54, 92, 12, 6),
  ],
  Rugs: [
    path('c', 'M34 34h52l18 58H16z') +
      path('l', 'M38 42h44l3 9H35zM31 64h58l4 11H27z') +
      path('d', 'M33 55h54l2 5H31z') +
      line('M16 92v6M30 92v6M44 92v6M60 92v6M76 92v6M90 92v6M104 92v6'),
  ],
  Cushions: [
    path('c', 'M26 30c16 6 52 6 68 0-6 18-6 48 0 64-16-6-52-6-68 0 6-16 6-46 0-64z') +
      path('l', 'M44 42h32L60 58zM44 82h32L60 66z') +
      disc('d', 60, 62, 4),
  ],
  Throws: [
    path('d', 'M26 74h68v20H26z') +
      path('c', 'M26 36c0-6 4-8 8-8h56c4 0 6 4 6 8v44H26z') +
      path('l', 'M26 48h70v7H26zM26 62h70v7H26z') +
      line('M28 94v5M36 94v5M44 94v5M52 94v5M60 94v5M68 94v5M76 94v5M84 94v5M92 94v5'),
  ],
  Candles: [
    path('w', flame) +
      line('M60 40v8') +
      path('l', 'M36 48h48v44c0 4-2 6-6 6H42c-4 0-6-2-6-6z') +
      path('c', 'M36 60h48v32c0 4-2 6-6 6H42c-4 0-6-2-6-6z') +
      box('w', 44, 68, 32, 18) +
      line('M50 75h20M54 80h12'),
  ],
  Baskets: [
    line('M40 46c0-26 40-26 40 0') +
      path('c', 'M24 46h72l-9 46c-1 4-3 6-7 6H40c-4 0-6-2-7-6z') +
      box('d', 21, 42, 78, 9, 4) +
      line('M29 64h62M31 76h58M34 88h52M44 51l4 46M60 51v46M76 51l-4 46'),
  ],
  Pans: [
    path('d', 'M74 58l34-10 2 7-34 14z') +
      path('c', 'M14 56h66l-4 20a12 12 0 0 1-12 10H30a12 12 0 0 1-12-10z') +
      disc('d', 47, 56, 33, 7) +
      disc('l', 47, 57, 27, 5),
  ],
  Pots: [
    path('d', 'M14 54h14v10H20zM106 54H92v10h8z') +
      path('c', 'M24 50h72v36c0 8-5 12-12 12H36c-7 0-12-4-12-12z') +
      path('l', 'M24 48c4-16 68-16 72 0z') +
      box('d', 52, 24, 16, 9, 4) +
      line('M24 60h72'),
  ],
  Bakeware: [
    path('c', 'M20 56h80l-9 34H29z') +
      path('l', 'M24 56c0-20 14-24 20-16 6-9 24-9 30 0 8-8 22-2 22 16z') +
      box('d', 16, 53, 88, 7) +
      line('M44 46l4 6M60 42v8M76 46l-4 6'),
  ],
  Knives: [
    path('w', 'M92 18L40 76l10 10c22-16 38-40 42-68z') +
      path('l', 'M92 18L40 76l4 4z') +
      path('c', 'M40 74l12 12-22 16-12-12z') +
      disc('w', 38, 86, 1.6) +
      disc('w', 32, 91, 1.6),
  ],
  'Cutting Boards': [
    path('c', 'M54 14h12v16h14c8 0 12 4 12 12v46c0 8-4 10-12 10H40c-8 0-12-2-12-10V42c0-8 4-12 12-12h14z') +
      disc('w', 60, 22, 3) +
      line('M38 42c8 14-4 28 2 46M52 40c10 18-6 34 2 50M70 42c8 16-4 30 2 46'),
  ],
  Utensils: [
    path('d', 'M38 50h6l-1 48h-4z') +
      path('c', 'M30 18h22v26c0 6-4 10-11 10s-11-4-11-10z') +
      line('M37 24v18M45 24v18') +
      path('d', 'M76 56h6l-1 42h-4z') +
      '<g class="o"><path d="M79 60c-20-14-14-40 0-42 14 2 20 28 0 42z"/><path d="M79 60c-8-14-6-38 0-42 6 4 8 28 0 42z"/></g>',
  ],
  'Coffee Makers': [
    path('l', 'M44 60h32l10 32c0 4-2 6-6 6H40c-4 0-6-2-6-6z') +
      path('d', 'M40 78h40l5 16c0 3-2 4-5 4H40c-3 0-5-1-5-4z') +
      path('c', 'M30 26h60L68 58H52z') +
      box('d', 42, 56, 36, 6),
    box('c', 28, 22, 64, 22, 6) +
      box('d', 34, 44, 16, 46) +
      box('c', 28, 88, 64, 10, 4) +
      path('w', 'M58 64h28v12c0 8-4 12-10 12h-8c-6 0-10-4-10-12z') +
      line('M72 44v14M36 33h10') +
      disc('l', 78, 33, 5),
    path('l', 'M40 36h40v62H40z') +
      path('d', 'M40 62h40v36H40z') +
      path('c', 'M38 32h44v8H38zM38 92h44v6H38z') +
      line('M60 32V16M40 40v52M80 40v52') +
      disc('c', 60, 15, 5) +
      line('M80 48c18-2 18 32 0 30'),
  ],
  'Coffee Beans': [
    sack(
      disc('w', 60, 64, 17, 17) +
        '<g transform="rotate(30 60 64)">' +
        disc('d', 60, 64, 8, 11) +
        line('M60 53c-4 8 4 14 0 22') +
        '</g>',
    ),
  ],
  'Coffee Filters': [
    path('d', 'M22 40h64L66 90H42z') +
      path('w', 'M30 36h64L74 90H50z') +
      path('l', 'M30 36h64l-3 8H33z') +
      line('M50 44l8 44M62 44v44M74 44l-8 44'),
  ],
  Mugs: [
    line('M48 22c-4 6 4 8 0 14M60 20c-4 6 4 8 0 14M72 22c-4 6 4 8 0 14') +
      '<path d="M80 54c22-4 22 28 0 26" fill="none" stroke="$d" stroke-width="9"/><path d="M80 54c22-4 22 28 0 26" fill="none" stroke="$c" stroke-width="6.5"/>' +
      path('c', 'M30 44h52v44c0 6-4 10-10 10H40c-6 0-10-4-10-10z') +
      box('l', 30, 62, 52, 12, 0) +
      disc('d', 56, 44, 26, 4),
  ],
  Tea: [
    box('c', 34, 32, 52, 66, 5) +
      path('d', 'M32 26h56v12H32z') +
      disc('w', 60, 68, 20) +
      '<g transform="translate(0 14)">' +
      path('c', leaf) +
      '</g>',
  ],
  Smartphones: [phone(box('d', 42, 24, 36, 66, 4) + path('l', 'M42 24h36v22L42 76z') + box('w', 54, 92, 12, 2, 1))],
  'Phone Cases': [
    phone(
      box('l', 43, 24, 18, 22, 6) +
        disc('d', 52, 30, 4) +
        disc('d', 52, 40, 4) +
        line('M44 62l32-12M44 76l32-12M44 90l32-12'),
    ),
  ],
  Chargers: [
    path('c', 'M34 30h36a6 6 0 0 1 6 6v26a6 6 0 0 1-6 6H34a6 6 0 0 1-6-6V36a6 6 0 0 1 6-6z') +
      box('d', 38, 16, 6, 14, 1) +
      box('d', 60, 16, 6, 14, 1) +
      '<path d="M52 68v14c0 16 34 16 34 0V66" fill="none" stroke="$d" stroke-width="5"/>' +
      box('d', 80, 52, 12, 16, 2) +
      path('l', 'M55 38l-12 14h8l-4 10 14-15h-8z'),
  ],
  Headphones: [
    '<path d="M28 72V58a32 32 0 0 1 64 0v14" fill="none" stroke="$d" stroke-width="9"/><path d="M28 72V58a32 32 0 0 1 64 0v14" fill="none" stroke="$c" stroke-width="6"/>' +
      box('c', 18, 62, 22, 34, 9) +
      box('c', 80, 62, 22, 34, 9) +
      box('l', 36, 66, 8, 26, 4) +
      box('l', 76, 66, 8, 26, 4),
  ],
  Speakers: [
    box('c', 34, 18, 52, 80, 8) +
      disc('d', 60, 68, 19) +
      disc('l', 60, 68, 11) +
      disc('d', 60, 68, 4) +
      disc('d', 60, 34, 9) +
      disc('l', 60, 34, 4),
  ],
  Keyboards: [
    path('c', 'M14 44h92l4 42c0 4-2 6-6 6H16c-4 0-6-2-6-6z') +
      [0, 1, 2, 3, 4, 5, 6]
        .map((at) => box('w', 18 + at * 12.4, 50, 9.5, 9, 2) + box(at === 0 ? 'd' : 'w', 17 + at * 12.6, 62, 10, 9, 2))
        .join('') +
      box('w', 34, 74, 52, 10, 2) +
      box('d', 17, 74, 14, 10, 2) +
      box('d', 89, 74, 14, 10, 2),
  ],
  Mice: [
    line('M60 30c0-12 20-4 20-16') +
      path('c', 'M60 28c20 0 26 16 26 34 0 22-10 36-26 36S34 84 34 62c0-18 6-34 26-34z') +
      line('M60 28v30M34 60c14-4 38-4 52 0') +
      box('d', 56, 38, 8, 16, 4),
  ],
  Batteries: [
    box('d', 40, 24, 10, 6, 2) +
      box('c', 32, 29, 26, 69, 4) +
      box('d', 32, 29, 26, 18, 4) +
      box('d', 70, 24, 10, 6, 2) +
      box('c', 62, 29, 26, 69, 4) +
      box('d', 62, 29, 26, 18, 4) +
      path('l', 'M47 54l-9 16h6l-3 14 10-18h-6zM77 54l-9 16h6l-3 14 10-18h-6z'),
  ],
  Tents: [
    path('c', 'M60 24l46 74H14z') +
      path('d', 'M60 24l14 74H46z') +
      path('l', 'M60 44L50 98h8z') +
      line('M60 24l-4-8M60 24l4-8M14 98L8 92M106 98l6-6'),
  ],
  'Sleeping Bags': [
    path('c', 'M60 16c20 0 28 14 26 32l-8 46c-2 5-34 5-36 0l-8-46c-2-18 6-32 26-32z') +
      disc('w', 60, 36, 14, 13) +
      disc('d', 60, 38, 9, 9) +
      line('M36 60c16 6 32 6 48 0M39 74c14 5 28 5 42 0M60 50v46'),
  ],
  'Sleeping Mats': [
    box('c', 20, 52, 70, 40, 20) +
      disc('l', 84, 72, 16, 20) +
      '<g class="o"><circle cx="84" cy="72" r="11"/><circle cx="84" cy="72" r="6"/></g>' +
      box('d', 32, 52, 7, 40, 2) +
      box('d', 54, 52, 7, 40, 2),
  ],
  'Camping Stoves': [
    path('w', 'M44 44c4-10 4-14 2-22 8 6 10 12 10 16 4-6 6-10 6-18 10 10 14 18 12 26z') +
      box('d', 34, 46, 52, 8) +
      path('c', 'M52 54h16v10c14 2 18 8 18 16v12c0 4-2 6-6 6H40c-4 0-6-2-6-6V80c0-8 4-14 18-16z') +
      line('M34 54l-8 10M86 54l8 10M40 82h40'),
  ],
  'Camping Gas': [
    box('d', 53, 24, 14, 12) +
      path('c', 'M34 54c0-12 12-18 26-18s26 6 26 18v38c0 4-2 6-6 6H40c-4 0-6-2-6-6z') +
      box('w', 34, 62, 52, 22, 0) +
      '<g transform="translate(0 44) scale(1 .8)">' +
      path('c', flame) +
      '</g>',
  ],
  Backpacks: [
    '<path d="M46 32c0-20 28-20 28 0" fill="none" stroke="$d" stroke-width="5"/>' +
      path('d', 'M24 58h12v32H28c-3 0-4-2-4-4zM96 58H84v32h8c3 0 4-2 4-4z') +
      path('c', 'M34 50c0-16 12-22 26-22s26 6 26 22v40c0 6-3 8-8 8H42c-5 0-8-2-8-8z') +
      path('l', 'M40 66h40v22c0 4-2 6-6 6H46c-4 0-6-2-6-6z') +
      line('M40 74h40M46 44h28') +
      box('d', 56, 72, 8, 8, 2),
  ],
  'Water Bottles': [
    box('d', 48, 16, 24, 14, 4) +
      path('c', 'M48 30h24c8 4 10 8 10 16v46c0 4-2 6-6 6H44c-4 0-6-2-6-6V46c0-8 2-12 10-16z') +
      box('l', 38, 56, 44, 24, 0) +
      line('M46 36c-3 4-3 6-3 12'),
  ],
  'Head Torches': [
    '<ellipse cx="60" cy="58" rx="42" ry="24" fill="none" stroke="$d" stroke-width="12"/><ellipse cx="60" cy="58" rx="42" ry="24" fill="none" stroke="$c" stroke-width="9"/>' +
      box('d', 42, 66, 36, 30, 8) +
      disc('l', 60, 81, 11) +
      disc('w', 60, 81, 6),
  ],
  'Face Cream': [
    box('d', 30, 34, 60, 24, 5) +
      path('c', 'M28 58h64v30c0 6-4 10-10 10H38c-6 0-10-4-10-10z') +
      box('w', 40, 68, 40, 16, 2) +
      line('M48 74h24M52 79h16M38 38v16M46 38v16M54 38v16M62 38v16M70 38v16M78 38v16'),
  ],
  Cleansers: [
    path('d', 'M56 20h4v-4h20v6H66v14H56z') +
      box('d', 48, 32, 24, 10) +
      path('c', 'M42 42h36c6 2 8 6 8 10v40c0 4-2 6-6 6H40c-4 0-6-2-6-6V52c0-4 2-8 8-10z') +
      box('w', 42, 60, 36, 24, 2) +
      disc('c', 60, 72, 7),
  ],
  Serums: [
    path('d', 'M54 14h12v18H54z') +
      box('d', 48, 32, 24, 12) +
      path('c', 'M40 54c0-6 4-10 10-10h20c6 0 10 4 10 10v38c0 4-2 6-6 6H46c-4 0-6-2-6-6z') +
      path('l', 'M46 66h28v20H46z') +
      line('M60 44v16M52 74h16M54 80h12'),
  ],
  'Sun Care': [
    path('c', 'M34 22h52l-8 62H42z') +
      box('d', 44, 82, 32, 16, 4) +
      box('d', 32, 18, 56, 6, 2) +
      disc('w', 60, 50, 10) +
      line('M60 34v-4M60 66v4M44 50h-3M76 50h3M49 39l-3-3M71 39l3-3M49 61l-3 3M71 61l3 3'),
  ],
  Shampoo: [bottle(box('w', 46, 54, 28, 28, 3) + line('M52 63c4-4 4 4 8 0s4 4 8 0M52 73c4-4 4 4 8 0s4 4 8 0'))],
  Conditioner: [
    path('c', 'M36 20h48v56c0 6-4 8-10 8H46c-6 0-10-2-10-8z') +
      box('d', 42, 84, 36, 14, 4) +
      box('w', 44, 32, 32, 32, 16) +
      path('l', 'M60 38c8 10 8 14 8 16a8 8 0 0 1-16 0c0-2 0-6 8-16z'),
  ],
  Lipstick: [
    path('l', 'M50 44V26l20-8v26z') + box('w', 47, 42, 26, 16, 2) + box('c', 42, 56, 36, 42, 4) + line('M42 66h36'),
  ],
  Mascara: [
    box('c', 64, 22, 18, 76, 8) +
      box('d', 64, 48, 18, 5, 0) +
      box('d', 32, 58, 18, 40, 8) +
      path('d', 'M40 58V26h2v32z') +
      '<path class="o" d="M34 26h14M33 31h16M33 36h16M33 41h16M34 46h14"/>',
  ],
  Novels: [cover(titled + path('l', 'M46 82c6-22 26-22 32 0z') + disc('w', 66, 58, 6))],
  Crime: [
    cover(
      titled +
        path('w', 'M62 48c8 0 13 6 13 13s-5 13-13 13-13-6-13-13 5-13 13-13z') +
        line('M71 71l8 10') +
        disc('d', 62, 61, 4),
    ),
  ],
  Fantasy: [cover(titled + path('l', 'M46 84V62l5-4 5 4v6h5V54l5-6 5 6v14h5v-6l3-4 1 26z') + disc('w', 50, 52, 3))],
  Cookbooks: [cover(titled + disc('w', 62, 64, 14) + disc('l', 62, 64, 8) + line('M50 52v24M74 52v24'))],
  'Travel Guides': [
    cover(titled + disc('w', 62, 64, 14) + path('d', 'M62 52l4 12-4 12-4-12z') + line('M48 64h4M72 64h4')),
  ],
  Bookmarks: [
    path('d', 'M62 24l26 8-16 66-10-10z') +
      path('c', 'M36 18h26v80l-13-12-13 12z') +
      path('l', 'M41 26h16v6H41zM41 38h16v3H41z') +
      disc('w', 49, 60, 6) +
      line('M49 18c0-8 12-6 12-12'),
  ],
  'Building Blocks': [
    box('c', 20, 66, 36, 32, 3) +
      box('l', 60, 66, 36, 32, 3) +
      box('d', 40, 36, 36, 30, 3) +
      '<g class="s">' +
      box('c', 26, 60, 9, 6, 2) +
      box('c', 76, 60, 9, 6, 2) +
      box('c', 46, 30, 9, 6, 2) +
      box('c', 61, 30, 9, 6, 2) +
      '</g>' +
      disc('w', 58, 51, 6),
  ],
  'Toy Vehicles': [
    path('c', 'M14 48h50v38H14z') +
      path('l', 'M66 56h20l16 16v14H66z') +
      path('w', 'M72 61h12l9 10H72z') +
      path('d', 'M10 84h94v6H10z') +
      [30, 82].map((x) => disc('d', x, 90, 11) + disc('w', x, 90, 5)).join('') +
      line('M26 54v26M38 54v26M50 54v26'),
  ],
  'Board Games': [
    path('w', 'M60 34l46 26-46 28L14 60z') +
      path(
        'l',
        'M60 34l15.3 8.7-15.3 9-15.3-9zM90.6 51.300l15.4 8.7-15.4 9.300L75.3 60zM29.4 51.300L44.7 60l-15.3 9.300L14 60zM60 69l15.3 9L60 88l-15.3-10z',
      ) +
      [
        [46, 30, 'c'],
        [74, 46, 'd'],
      ]
        .map(
          ([x, y, fill]) =>
            `<g transform="translate(${x} ${y})">` +
            path(fill as Fill, 'M-9 30c0-10 5-10 5-18h8c0 8 5 8 5 18z') +
            disc(fill as Fill, 0, 8, 7) +
            '</g>',
        )
        .join(''),
  ],
  Puzzles: [
    path('c', 'M24 36h24c-6-16 20-16 14 0h24v22c16-6 16 22 0 16v24H62c6-14-20-14-14 0H24V74c14 6 14-22 0-16z') +
      path('l', 'M32 44h14v6H32z'),
  ],
  'Soft Toys': [
    disc('d', 40, 28, 11) +
      disc('d', 80, 28, 11) +
      disc('l', 40, 28, 5) +
      disc('l', 80, 28, 5) +
      disc('c', 42, 94, 13, 8) +
      disc('c', 78, 94, 13, 8) +
      disc('c', 60, 78, 24, 22) +
      disc('c', 60, 44, 27, 24) +
      disc('l', 60, 80, 13, 13) +
      disc('l', 60, 52, 12, 9) +
      '<g class="e"><circle cx="49" cy="40" r="3"/><circle cx="71" cy="40" r="3"/><ellipse cx="60" cy="49" rx="4" ry="3"/></g>',
  ],
  Seeds: [
    box('c', 34, 18, 52, 80, 3) +
      path('d', 'M34 18h52v12H34z') +
      disc('w', 60, 64, 22) +
      '<g transform="translate(0 12)">' +
      path('c', leaf) +
      line('M60 66v10') +
      '</g>' +
      line('M42 36h36'),
  ],
  Compost: [
    sack(disc('w', 60, 62, 19) + '<g transform="translate(0 8)">' + path('c', leaf) + '</g>' + line('M40 88h40')),
  ],
  'Plant Pots': [
    '<g class="g"><path d="M60 52C44 44 38 26 44 14c14 6 20 22 16 38zM60 52c-2-18 8-30 22-34 2 14-6 28-22 34zM58 52c-14 2-26-4-30-14 12-4 24 2 30 14z"/></g>' +
      pot,
  ],
  'Garden Tools': [
    path('c', 'M54 14h12l-1 34H55z') +
      path('d', 'M56 48h8v10h-8z') +
      path('w', 'M42 58h36c4 18-6 36-18 42-12-6-22-24-18-42z') +
      line('M60 64v26'),
  ],
  'Garden Gloves': [
    path('c', 'M42 58V30c0-6 8-6 8 0v-8c0-6 9-6 9 0v-2c0-6 9-6 9 0v6c0-6 9-6 9 0v36l8-8c6-4 10 2 7 7L78 82H44z') +
      box('d', 42, 80, 38, 18, 4) +
      path('l', 'M48 58h22v14H48z') +
      line('M50 30v22M59 24v28M68 26v26'),
  ],
  Yoga: [
    path('l', 'M60 66h46l6 26H60z') +
      box('c', 14, 58, 66, 36, 18) +
      disc('d', 30, 76, 15, 18) +
      '<g class="o w2"><circle cx="30" cy="76" r="9"/><circle cx="30" cy="76" r="4"/></g>',
  ],
  Weights: [
    box('d', 38, 56, 44, 10, 2) +
      [
        [18, 44, 10, 34],
        [29, 36, 13, 50],
        [78, 36, 13, 50],
        [92, 44, 10, 34],
      ]
        .map(([x, y, w, h]) => box('c', x, y, w, h, 4))
        .join(''),
    '<path d="M44 54c-8-40 40-40 32 0" fill="none" stroke="$d" stroke-width="11"/><path d="M44 54c-8-40 40-40 32 0" fill="none" stroke="$c" stroke-width="8"/>' +
      path('c', 'M60 46c20 0 30 12 30 28 0 12-5 20-10 24H40c-5-4-10-12-10-24 0-16 10-28 30-28z') +
      disc('l', 60, 72, 12),
    '<g fill="none" stroke="$d" stroke-width="9"><path d="M34 34c-30 40 80 20 46 60"/></g><g fill="none" stroke="$c" stroke-width="6.5"><path d="M34 34c-30 40 80 20 46 60"/></g>' +
      box('d', 26, 22, 20, 16, 5) +
      box('d', 70, 86, 20, 12, 5),
  ],
  Protein: [
    box('d', 36, 20, 48, 14, 3) +
      box('c', 32, 34, 56, 64, 8) +
      box('w', 32, 50, 56, 30, 0) +
      path('c', 'M40 62h6v-4h4v4h20v-4h4v4h6v6h-6v4h-4v-4H50v4h-4v-4h-6z'),
  ],
  'Bike Lights': [
    box('d', 26, 84, 68, 10, 5) +
      path('c', 'M34 40h40c14 0 22 10 22 20s-8 20-22 20H34z') +
      path('d', 'M26 36h12v48H26z') +
      disc('l', 78, 60, 12, 16) +
      disc('w', 80, 60, 6, 9) +
      line('M44 50h18M44 60h16M44 70h18'),
  ],
  'Bike Helmets': [
    path('c', 'M16 76c0-34 22-50 46-50 26 0 42 20 42 42l-6 8z') +
      path(
        'd',
        'M44 34c-8 10-10 24-10 36h10c0-14 4-26 10-36zM66 32c0 12-1 26-3 38h10c3-12 4-24 2-36zM88 42c2 10 0 20-3 28h9c3-8 3-16 1-20z',
      ) +
      path('l', 'M14 76h86l4-6c2 8-2 14-8 14H20c-4 0-6-4-6-8z') +
      line('M36 84l16 16 18-16'),
  ],
  'Running Shoes': [
    shoe(path('l', 'M34 86l14-22 6 4-10 18zM50 86l11-14 7 3-8 11z') + path('d', 'M18 90h83l-2 4c-20-4-40 6-80 2z')),
  ],
}
