// The poster of an item: a 2:3 drawing of layered shapes, seeded by the item's id and tinted by its genres, with the title set on it.
// Pure and deterministic: the same item always gives the same bytes. No poster holds anything that was not in the catalogue.
// Colours are made in OKLCH (Björn Ottosson, 2020), so that every hue has the same lightness and the title the same contrast.
import type { CatalogueItem } from './schema.ts';

/** Units of the drawing. */
export const POSTER_WIDTH = 400;
export const POSTER_HEIGHT = 600;

export type PosterItem = Pick<CatalogueItem, 'id' | 'title' | 'titleZh' | 'year' | 'genres' | 'directors'>;

/**
 * The poster as an SVG document, 400 x 600 units. `language` `zh` sets the Chinese title where there is one.
 * Text from the catalogue is escaped: the result holds no markup but its own. Does not promise that a font has every character.
 */
export function posterSvg(item: PosterItem, language: 'en' | 'zh' = 'en'): string {
  const random = seededBy(item.id);
  const palette = paletteOf(item.genres, random);
  const composition = compositionOf(item.genres, random);
  const title = titleBlock(item, language, palette, random);
  const art = composition({ ...palette, random, top: title.artTop, height: title.artHeight });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${POSTER_WIDTH} ${POSTER_HEIGHT}" width="${POSTER_WIDTH}" height="${POSTER_HEIGHT}">` +
    `<defs><clipPath id="a"><rect y="${title.artTop}" width="${POSTER_WIDTH}" height="${title.artHeight}"/></clipPath></defs>` +
    `<rect width="${POSTER_WIDTH}" height="${POSTER_HEIGHT}" fill="${palette.paper}"/>` +
    `<g clip-path="url(#a)">${art}</g>${title.svg}</svg>`
  );
}

/** Returns the next number in [0, 1). */
type Random = () => number;

/** FNV-1a over the id's UTF-16 code units, then a 32-bit mixing generator. For pictures only. */
function seededBy(id: string): Random {
  let state = 0x811c9dc5;
  for (let index = 0; index < id.length; index++) {
    state = Math.imul(state ^ id.charCodeAt(index), 0x01000193);
  }
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 0x1_0000_0000;
  };
}

// ---- colour ----

/** Hue angles in OKLCH degrees. Names that other catalogues use for the same genre share one hue. */
const GENRE_HUES: { readonly [genre: string]: number } = {
  action: 35,
  adventure: 65,
  animation: 205,
  biography: 95,
  children: 185,
  "children's": 185,
  comedy: 85,
  crime: 265,
  documentary: 150,
  drama: 250,
  family: 185,
  fantasy: 305,
  'film noir': 275,
  'film-noir': 275,
  history: 75,
  horror: 20,
  imax: 225,
  music: 340,
  musical: 340,
  mystery: 285,
  romance: 5,
  'sci-fi': 220,
  'science fiction': 220,
  sport: 130,
  thriller: 195,
  war: 115,
  western: 55,
};

interface Palette {
  /** Behind everything, and behind the title. */
  readonly paper: string;
  /** Title and small print: at least 4.5:1 on paper. */
  readonly ink: string;
  /** Three steps between paper and ink, near to far. */
  readonly tones: readonly [string, string, string];
  /** The one shape that stands out. */
  readonly accent: string;
}

function paletteOf(genres: readonly string[], random: Random): Palette {
  const hue = hueOf(genres[0], random) + (random() - 0.5) * 24;
  const second = genres[1] === undefined ? hue + 150 + random() * 60 : hueOf(genres[1], random);
  // Two hues that are too near would make the accent disappear.
  const accentHue = Math.abs(((second - hue + 540) % 360) - 180) < 40 ? hue + 165 : second;
  const scheme = random();
  if (scheme < 0.42) {
    return {
      paper: oklch(0.25, 0.055, hue),
      ink: oklch(0.96, 0.015, hue),
      tones: [oklch(0.36, 0.085, hue), oklch(0.49, 0.115, hue + 8), oklch(0.65, 0.12, hue + 16)],
      accent: oklch(0.81, 0.13, accentHue),
    };
  }
  if (scheme < 0.74) {
    return {
      paper: oklch(0.925, 0.035, hue),
      ink: oklch(0.25, 0.06, hue),
      tones: [oklch(0.82, 0.075, hue + 14), oklch(0.67, 0.12, hue + 6), oklch(0.44, 0.1, hue)],
      accent: oklch(0.62, 0.17, accentHue),
    };
  }
  return {
    paper: oklch(0.44, 0.115, hue),
    ink: oklch(0.975, 0.012, hue),
    tones: [oklch(0.36, 0.1, hue - 6), oklch(0.56, 0.13, hue + 10), oklch(0.73, 0.11, hue + 18)],
    accent: oklch(0.86, 0.11, accentHue),
  };
}

function hueOf(genre: string | undefined, random: Random): number {
  if (genre === undefined) {
    return random() * 360;
  }
  return GENRE_HUES[genre.toLowerCase()] ?? Math.floor(seededBy(genre.toLowerCase())() * 360);
}

/** OKLCH to `#rrggbb`; the chroma is lowered until the colour is in sRGB. */
function oklch(lightness: number, chroma: number, hueDegrees: number): string {
  const angle = (hueDegrees * Math.PI) / 180;
  for (let kept = chroma; ; kept -= 0.01) {
    const a = Math.max(kept, 0) * Math.cos(angle);
    const b = Math.max(kept, 0) * Math.sin(angle);
    const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
    const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
    const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
    const linear = [
      4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
      -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
      -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
    ];
    if (kept <= 0 || linear.every((channel) => channel >= -0.0001 && channel <= 1.0001)) {
      return `#${linear.map(hexChannel).join('')}`;
    }
  }
}

function hexChannel(linear: number): string {
  const kept = Math.min(1, Math.max(0, linear));
  const encoded = kept <= 0.0031308 ? 12.92 * kept : 1.055 * kept ** (1 / 2.4) - 0.055;
  return Math.round(encoded * 255)
    .toString(16)
    .padStart(2, '0');
}

// ---- the drawings ----

interface Canvas extends Palette {
  readonly random: Random;
  /** The part of the poster that the drawing has; the title has the rest. */
  readonly top: number;
  readonly height: number;
}

type Composition = (canvas: Canvas) => string;

const rings: Composition = ({ random, top, height, tones, accent, paper }) => {
  const x = 80 + random() * 240;
  const y = top + height * (0.3 + random() * 0.4);
  const step = 30 + random() * 16;
  let svg = '';
  for (let ring = 8; ring >= 1; ring--) {
    const fill = ring % 2 === 0 ? tones[ring % 3 === 0 ? 1 : 0] : ring === 5 ? tones[2] : paper;
    svg += circle(x, y, ring * step, fill);
  }
  const angle = random() * Math.PI * 2;
  return (
    svg +
    circle(x, y, step * 0.9, accent) +
    circle(x + Math.cos(angle) * step * 3.5, y + Math.sin(angle) * step * 3.5, step * 0.45, accent)
  );
};

const hills: Composition = ({ random, top, height, tones, accent }) => {
  const bottom = top + height;
  let svg = circle(90 + random() * 220, top + height * (0.28 + random() * 0.16), 52 + random() * 42, accent);
  for (let layer = 0; layer < 3; layer++) {
    const base = bottom - height * (0.42 - layer * 0.13);
    const rise = 26 + random() * 40;
    const shift = random() * 160 - 80;
    svg +=
      `<path d="M0 ${round(base)}C${round(90 + shift)} ${round(base - rise * 1.6)} ${round(150 + shift)} ${round(base + rise)} 230 ${round(base - rise * 0.3)}` +
      `S${round(340 + shift / 2)} ${round(base - rise * 1.4)} 400 ${round(base - rise * 0.2)}V${bottom}H0Z" fill="${tones[2 - layer]}"/>`;
  }
  return svg;
};

const peaks: Composition = ({ random, top, height, tones, accent }) => {
  const bottom = top + height;
  let svg = circle(100 + random() * 200, top + height * 0.27, 40 + random() * 34, accent);
  for (let layer = 0; layer < 3; layer++) {
    const peakX = 60 + random() * 280;
    const peakY = top + height * (0.28 + layer * 0.17 + random() * 0.08);
    const spread = 190 + random() * 110;
    svg += polygon([peakX - spread, bottom, peakX, peakY, peakX + spread, bottom], tones[2 - layer]!);
    svg += polygon([peakX, peakY, peakX + spread, bottom, peakX + spread * 0.22, bottom], tones[1]!, 0.45);
  }
  return svg;
};

const tiles: Composition = ({ random, top, height, tones, accent, paper }) => {
  const size = 100;
  const rows = Math.ceil(height / size);
  let svg = '';
  let accents = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < 4; column++) {
      const x = column * size;
      const y = top + row * size;
      const kind = random();
      let front = tones[Math.floor(random() * 3)]!;
      if (accents < 3 && random() < 0.2) {
        front = accent;
        accents++;
      }
      svg += rectangle(x, y, size, size, random() < 0.5 ? paper : tones[0]);
      const corner = Math.floor(random() * 4);
      const cornerX = x + (corner % 2) * size;
      const cornerY = y + (corner >> 1) * size;
      if (kind < 0.5) {
        const otherX = x + (1 - (corner % 2)) * size;
        const otherY = y + (1 - (corner >> 1)) * size;
        const sweep = corner === 0 || corner === 3 ? 0 : 1;
        svg += `<path d="M${cornerX} ${cornerY}V${otherY}A${size} ${size} 0 0 ${sweep} ${otherX} ${cornerY}Z" fill="${front}"/>`;
      } else if (kind < 0.7) {
        svg += circle(x + size / 2, y + size / 2, size * 0.32, front);
      } else if (kind < 0.88) {
        svg += polygon([cornerX, cornerY, x + size - (cornerX - x), cornerY, cornerX, y + size - (cornerY - y)], front);
      }
    }
  }
  return svg;
};

const rays: Composition = ({ random, top, height, tones, accent, paper }) => {
  const x = 120 + random() * 160;
  const y = top + height * (0.5 + random() * 0.3);
  const count = 9 + Math.floor(random() * 5);
  const turn = random() * Math.PI;
  let svg = '';
  for (let ray = 0; ray < count; ray++) {
    const from = turn + (ray / count) * Math.PI * 2;
    const to = from + Math.PI / count;
    svg += polygon(
      [x, y, x + Math.cos(from) * 760, y + Math.sin(from) * 760, x + Math.cos(to) * 760, y + Math.sin(to) * 760],
      tones[ray % 2]!,
    );
  }
  const radius = 66 + random() * 34;
  return svg + circle(x, y, radius + 22, paper) + circle(x, y, radius, accent) + circle(x, y, radius * 0.42, tones[2]);
};

const blinds: Composition = ({ random, top, height, tones, accent }) => {
  const slope = 30 + random() * 90;
  const count = 9;
  const step = (height + slope) / count;
  const radius = 74 + random() * 40;
  let svg = circle(120 + random() * 160, top + height * (0.36 + random() * 0.24), radius, accent);
  for (let slat = 0; slat <= count; slat++) {
    const y = top - slope + slat * step;
    const thickness = step * (0.28 + 0.5 * (slat / count));
    svg += polygon(
      [0, y + slope, 400, y, 400, y + thickness, 0, y + slope + thickness],
      tones[slat % 3 === 2 ? 1 : 0]!,
      0.94,
    );
  }
  return svg;
};

const overlap: Composition = ({ random, top, height, tones, accent }) => {
  const y = top + height * (0.46 + random() * 0.1);
  const radius = Math.min(118, height * 0.3) + random() * 16;
  const gap = radius * (0.34 + random() * 0.3);
  const tilt = (random() - 0.5) * radius;
  return (
    circle(200 - gap * 2, y + tilt, radius * 1.24, tones[0]) +
    circle(200 + gap * 2, y - tilt, radius * 1.24, tones[0]) +
    circle(200 - gap, y + tilt / 2, radius, tones[2]) +
    circle(200 + gap, y - tilt / 2, radius, accent, 0.84) +
    circle(200 + gap * 2.2, y - tilt * 1.3, radius * 0.2, tones[1])
  );
};

const arches: Composition = ({ random, top, height, tones, accent, paper }) => {
  const bottom = top + height;
  const arch = (x: number, half: number, crown: number, fill: string): string =>
    `<path d="M${round(x - half)} ${bottom}V${round(crown + half)}A${round(half)} ${round(half)} 0 0 1 ${round(x + half)} ${round(crown + half)}V${bottom}Z" fill="${fill}"/>`;
  const form = random();
  let svg = rectangle(0, top, 400, height, tones[0]);
  if (form < 0.4) {
    const x = 120 + random() * 160;
    const widest = 140 + random() * 40;
    const fills = [tones[1], paper, tones[2], tones[0], accent];
    fills.forEach((fill, index) => {
      svg += arch(x, widest - index * 29, bottom - height * (0.86 - index * 0.115), fill);
    });
    return svg;
  }
  if (form < 0.7) {
    // A colonnade: arches side by side, each one step lower, a light in one of them.
    const count = 3 + Math.floor(random() * 2);
    const lit = Math.floor(random() * count);
    for (let index = 0; index < count; index++) {
      const x = (400 / count) * (index + 0.5);
      const half = (400 / count) * 0.42;
      const crown = top + height * (0.18 + 0.1 * index);
      svg += arch(x, half, crown, index === lit ? accent : tones[1]) + arch(x, half * 0.56, crown + half * 1.5, paper);
    }
    return svg;
  }
  // One tall door with a disc above the threshold.
  const x = 140 + random() * 120;
  svg += arch(x, 128, top + height * 0.08, tones[2]) + arch(x, 96, top + height * 0.2, paper);
  return svg + circle(x, top + height * 0.46, 50, accent) + arch(x + 64, 60, top + height * 0.62, tones[1]);
};

const moons: Composition = ({ random, top, height, tones, accent }) => {
  const rows = 3;
  const columns = 3;
  const radius = Math.min(46, height / 9);
  const lit = Math.floor(random() * 9);
  const turn = random();
  let svg = '';
  for (let index = 0; index < rows * columns; index++) {
    const x = 200 + ((index % columns) - 1) * 116;
    const y = top + height * (0.5 + (Math.floor(index / columns) - 1) * 0.285);
    const phase = ((index / 9 + turn) % 1) * 2 - 1;
    svg += circle(x, y, radius, tones[0]);
    svg += `<path d="M${round(x)} ${round(y - radius)}A${round(radius)} ${round(radius)} 0 0 1 ${round(x)} ${round(y + radius)}A${round(Math.abs(phase) * radius + 0.1)} ${round(radius)} 0 0 ${phase > 0 ? 1 : 0} ${round(x)} ${round(y - radius)}Z" fill="${index === lit ? accent : tones[2]}"/>`;
  }
  return svg;
};

const petals: Composition = ({ random, top, height, tones, accent, paper }) => {
  const x = 150 + random() * 100;
  const y = top + height * (0.4 + random() * 0.16);
  const count = 6 + Math.floor(random() * 5);
  const reach = Math.min(118, height * 0.3);
  const turn = random() * 60;
  let svg = '';
  for (let ring = 0; ring < 2; ring++) {
    for (let petal = 0; petal < count; petal++) {
      const angle = turn + ((petal + ring / 2) * 360) / count;
      const far = reach * (1 - ring * 0.38);
      svg += `<ellipse cx="${round(x)}" cy="${round(y - far)}" rx="${round(far * 0.38)}" ry="${round(far * 0.72)}" fill="${ring === 0 ? tones[1] : tones[2]}" fill-opacity="0.86" transform="rotate(${round(angle)} ${round(x)} ${round(y)})"/>`;
    }
  }
  return svg + circle(x, y, reach * 0.42, paper) + circle(x, y, reach * 0.32, accent);
};

const dots: Composition = ({ random, top, height, tones, accent }) => {
  const columns = 7;
  const step = 400 / columns;
  const rows = Math.ceil(height / step);
  const focusX = random() * columns;
  const focusY = random() * rows;
  const lit = Math.floor(random() * columns * rows);
  let svg = rectangle(0, top, 400, height, tones[0]);
  for (let index = 0; index < columns * rows; index++) {
    const column = index % columns;
    const row = Math.floor(index / columns);
    const near = Math.exp(-((column - focusX) ** 2 + (row - focusY) ** 2) / 9);
    const radius = step * (0.12 + 0.36 * near);
    svg += circle(
      (column + 0.5) * step,
      top + (row + 0.5) * step,
      radius,
      index === lit ? accent : near > 0.5 ? tones[2] : tones[1],
    );
  }
  const x = (Math.floor(focusX) + 0.5) * step;
  return svg + circle(x, top + (Math.min(rows - 2, Math.floor(focusY)) + 0.5) * step, step * 0.5, accent);
};

const ribbon: Composition = ({ random, top, height, tones, accent, paper }) => {
  const mirrored = random() < 0.5;
  const x = (value: number): number => round(mirrored ? 400 - value : value);
  const width = 44 + random() * 14;
  let svg = rectangle(0, top, 400, height, random() < 0.5 ? tones[0] : paper);
  const bend = top + height * (0.4 + random() * 0.2);
  const fills = [tones[1], tones[2], accent, tones[1]];
  fills.forEach((fill, index) => {
    const start = 40 + index * width;
    const radius = 250 - index * width;
    svg += `<path d="M${x(start)} ${round(top - 10)}V${round(bend - 60)}A${round(radius)} ${round(radius)} 0 0 ${mirrored ? 1 : 0} ${x(start + radius)} ${round(bend - 60 + radius)}H${x(430)}" fill="none" stroke="${fill}" stroke-width="${round(width + 0.6)}"/>`;
  });
  return svg + circle(x(330), top + height * 0.24, 34, tones[2]);
};

const skyline: Composition = ({ random, top, height, tones, accent }) => {
  const bottom = top + height;
  let svg = circle(80 + random() * 240, top + height * 0.28, 44 + random() * 36, accent);
  for (let layer = 0; layer < 3; layer++) {
    let x = -20;
    while (x < 400) {
      const width = 34 + random() * 46;
      const tall = height * (0.62 - layer * 0.17) * (0.55 + random() * 0.5);
      svg += rectangle(x, bottom - tall, width, tall, tones[2 - layer]!);
      if (layer === 2 && random() < 0.7) {
        svg +=
          rectangle(x + width * 0.3, bottom - tall + 14, 7, 11, accent) +
          rectangle(x + width * 0.6, bottom - tall + 34, 7, 11, accent);
      }
      x += width + (layer === 2 ? 0 : random() * 16);
    }
  }
  return svg;
};

const waves: Composition = ({ random, top, height, tones, accent, paper }) => {
  const count = 11;
  const focus = 0.3 + random() * 0.4;
  const sharp = 16 + random() * 22;
  let svg = circle(400 * focus, top + height * 0.32, 62 + random() * 30, accent);
  for (let line = 0; line < count; line++) {
    const y = top + height * (0.32 + (0.72 * line) / count);
    let path = `M-10 ${round(y)}`;
    for (let step = 0; step <= 20; step++) {
      const x = step / 20;
      const rise = Math.exp(-sharp * (x - focus) ** 2) * (26 + random() * 44) + random() * 5;
      path += `L${round(x * 400)} ${round(y - rise)}`;
    }
    svg += `<path d="${path}L410 ${round(y)}V${top + height + 20}H-10Z" fill="${paper}" stroke="${tones[line % 3 === 0 ? 2 : 1]}" stroke-width="4" stroke-linejoin="round"/>`;
  }
  return svg;
};

const stairs: Composition = ({ random, top, height, tones, accent }) => {
  const count = 6;
  const mirrored = random() < 0.5;
  const width = 400 / count;
  const ballStep = 1 + Math.floor(random() * (count - 2));
  let svg = '';
  for (let step = 0; step < count; step++) {
    const tall = height * (0.16 + (0.62 * step) / (count - 1));
    const x = mirrored ? 400 - (step + 1) * width : step * width;
    svg += rectangle(x, top + height - tall, width + 0.5, tall, tones[step % 3]!);
    svg += polygon(
      [x, top + height - tall, x + width + 0.5, top + height - tall, x + width + 0.5, top + height - tall + 26],
      tones[(step + 1) % 3]!,
    );
    if (step === ballStep) {
      svg += circle(x + width / 2, top + height - tall - 34, 34, accent);
    }
  }
  return svg;
};

const halves: Composition = ({ random, top, height, tones, accent }) => {
  const radius = Math.min(150, height * 0.36);
  const y = top + height / 2;
  const shift = 30 + random() * 60;
  const vertical = random() < 0.5;
  const d = (flip: number): string => `A${round(radius)} ${round(radius)} 0 0 ${flip} `;
  const shapes = vertical
    ? `<path d="M200 ${round(y - radius - shift / 2)}${d(0)}200 ${round(y + radius - shift / 2)}Z" fill="${tones[2]}"/>` +
      `<path d="M200 ${round(y - radius + shift / 2)}${d(1)}200 ${round(y + radius + shift / 2)}Z" fill="${accent}"/>`
    : `<path d="M${round(200 - radius - shift / 2)} ${round(y)}${d(1)}${round(200 + radius - shift / 2)} ${round(y)}Z" fill="${accent}"/>` +
      `<path d="M${round(200 - radius + shift / 2)} ${round(y)}${d(0)}${round(200 + radius + shift / 2)} ${round(y)}Z" fill="${tones[2]}"/>`;
  const ground = vertical ? rectangle(200, top, 200, height, tones[0]) : rectangle(0, y, 400, height / 2, tones[0]);
  return ground + shapes + circle(60 + random() * 280, vertical ? top + 50 : y + radius * 0.45, 20, tones[1]);
};

const COMPOSITIONS = {
  rings,
  hills,
  peaks,
  tiles,
  rays,
  blinds,
  overlap,
  arches,
  skyline,
  waves,
  stairs,
  halves,
  moons,
  petals,
  dots,
  ribbon,
};

type CompositionName = keyof typeof COMPOSITIONS;

/** What suits a genre; the id decides among them. */
const SUITED: { readonly [genre: string]: readonly CompositionName[] } = {
  action: ['rays', 'skyline', 'blinds', 'halves', 'ribbon', 'dots'],
  adventure: ['hills', 'peaks', 'waves', 'rays', 'ribbon', 'moons'],
  animation: ['tiles', 'hills', 'overlap', 'stairs', 'petals', 'dots'],
  biography: ['ribbon', 'halves', 'rings', 'stairs', 'arches', 'dots'],
  comedy: ['tiles', 'stairs', 'rays', 'overlap', 'petals', 'dots', 'ribbon'],
  crime: ['blinds', 'skyline', 'arches', 'stairs', 'dots', 'halves', 'rings'],
  documentary: ['tiles', 'waves', 'halves', 'rings', 'dots'],
  drama: ['arches', 'halves', 'overlap', 'hills', 'waves', 'stairs', 'ribbon', 'moons', 'petals'],
  family: ['tiles', 'hills', 'stairs', 'overlap', 'petals', 'dots'],
  fantasy: ['arches', 'peaks', 'rings', 'hills', 'moons', 'petals'],
  'film noir': ['blinds', 'skyline', 'stairs', 'moons'],
  horror: ['rays', 'waves', 'rings', 'arches', 'moons', 'dots'],
  musical: ['rays', 'tiles', 'stairs', 'waves', 'petals', 'ribbon'],
  mystery: ['rings', 'blinds', 'arches', 'waves', 'moons'],
  romance: ['overlap', 'hills', 'halves', 'arches', 'petals', 'moons', 'ribbon'],
  'science fiction': ['rings', 'waves', 'skyline', 'halves', 'moons', 'dots'],
  'sci-fi': ['rings', 'waves', 'skyline', 'halves', 'moons', 'dots'],
  thriller: ['blinds', 'rings', 'stairs', 'waves', 'dots', 'skyline'],
  war: ['rays', 'peaks', 'skyline', 'blinds', 'ribbon'],
  western: ['hills', 'peaks', 'halves', 'rays'],
};

function compositionOf(genres: readonly string[], random: Random): Composition {
  const names = SUITED[genres[0]?.toLowerCase() ?? ''] ?? (Object.keys(COMPOSITIONS) as CompositionName[]);
  return COMPOSITIONS[names[Math.floor(random() * names.length)]!];
}

// ---- the title ----

const MARGIN = 28;
const TITLE_WIDTH = POSTER_WIDTH - 2 * MARGIN;
const SMALL_PRINT_SIZE = 20;
/** Largest first: the first size at which the title fits in its number of lines is taken. */
const TITLE_SIZES: readonly { readonly size: number; readonly lines: number }[] = [
  { size: 60, lines: 1 },
  { size: 52, lines: 2 },
  { size: 44, lines: 3 },
  { size: 36, lines: 4 },
  { size: 30, lines: 5 },
  { size: 24, lines: 6 },
];
/** Of a very long title only the beginning is set. */
const LONGEST_TITLE_CHARACTERS = 160;

const SANS = `system-ui,-apple-system,'Segoe UI','Helvetica Neue',Arial,'PingFang SC','Noto Sans CJK SC','Microsoft YaHei',sans-serif`;
/** How much narrower the bold serif faces run than the bold sans. */
const SERIF_NARROWER = 0.92;
const SERIF = `'Iowan Old Style',Palatino,Georgia,'Times New Roman','Songti SC','Noto Serif CJK SC',SimSun,serif`;

function titleBlock(item: PosterItem, language: 'en' | 'zh', palette: Palette, random: Random) {
  const title = ((language === 'zh' ? item.titleZh : undefined) ?? item.title).normalize('NFC');
  const serif = random() < 0.4;
  const atTop = random() < 0.28;
  const { lines, size } = wrapTitle(title, serif ? SERIF_NARROWER : 1);
  const lineHeight = Math.round(size * (serif ? 1.1 : 1.06));
  const smallPrint = fitLine(
    [item.year, item.directors?.[0]].filter((part) => part !== undefined).join('  ·  '),
    SMALL_PRINT_SIZE,
    TITLE_WIDTH,
  );
  const smallPrintHeight = smallPrint === '' ? 0 : 36;
  const blockHeight = lines.length * lineHeight + smallPrintHeight + 44;
  const artHeight = POSTER_HEIGHT - blockHeight;
  const blockTop = atTop ? 0 : artHeight;
  const rightToLeft = startsRightToLeft(title);
  const x = rightToLeft ? POSTER_WIDTH - MARGIN : MARGIN;
  const direction = rightToLeft ? ' direction="rtl"' : '';
  const text = (line: string, y: number, attributes: string): string =>
    `<text x="${x}" y="${Math.round(y)}"${direction} ${attributes}>${escapeXml(line)}</text>`;
  const face = serif
    ? `font-family="${SERIF}" font-weight="700"`
    : `font-family="${SANS}" font-weight="800" letter-spacing="${size > 40 ? -1 : -0.4}"`;
  let svg = '';
  lines.forEach((line, index) => {
    svg += text(
      line,
      blockTop + 22 + size * 0.84 + index * lineHeight,
      `font-size="${size}" ${face} fill="${palette.ink}"`,
    );
  });
  if (smallPrint !== '') {
    svg += text(
      smallPrint,
      blockTop + blockHeight - 24,
      `font-size="${SMALL_PRINT_SIZE}" font-family="${SANS}" font-weight="500" fill="${palette.ink}"`,
    );
  }
  return { svg, artTop: atTop ? blockHeight : 0, artHeight };
}

function wrapTitle(title: string, widthFactor: number): { readonly lines: readonly string[]; readonly size: number } {
  const characters = [...title.trim()];
  const kept =
    characters.length > LONGEST_TITLE_CHARACTERS
      ? `${characters.slice(0, LONGEST_TITLE_CHARACTERS - 1).join('')}…`
      : characters.join('');
  for (const { size, lines } of TITLE_SIZES) {
    const wrapped = wrap(kept, size * widthFactor, false);
    if (wrapped !== null && wrapped.length <= lines) {
      return { lines: wrapped, size };
    }
  }
  const { size, lines } = TITLE_SIZES.at(-1)!;
  const broken = wrap(kept, size * widthFactor, true)!;
  const shown = broken.slice(0, lines);
  if (broken.length > lines) {
    shown[lines - 1] = fitLine(`${shown[lines - 1]}…`, size * widthFactor, TITLE_WIDTH);
  }
  return { lines: shown, size };
}

/** Lines that fit the width. Null when a word is wider than a line, unless `breakWords`. CJK text breaks at any character. */
function wrap(title: string, size: number, breakWords: boolean): string[] | null {
  const lines: string[] = [];
  let line = '';
  for (const unit of breakUnits(title)) {
    if (textWidth(line + unit.trimEnd(), size) <= TITLE_WIDTH) {
      line += unit;
      continue;
    }
    if (line.trim() !== '') {
      lines.push(line.trim());
    }
    line = unit;
    while (textWidth(line.trimEnd(), size) > TITLE_WIDTH) {
      if (!breakWords) {
        return null;
      }
      const characters = [...line];
      let count = 1;
      while (count < characters.length && textWidth(characters.slice(0, count + 1).join(''), size) <= TITLE_WIDTH) {
        count++;
      }
      lines.push(characters.slice(0, count).join(''));
      line = characters.slice(count).join('');
    }
  }
  if (line.trim() !== '') {
    lines.push(line.trim());
  }
  return lines;
}

const CJK =
  /[\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uff60\u{20000}-\u{3ffff}]/u;
/** Closing punctuation stays with the character before it. */
const NO_LINE_START = /^[，。、：；！？）》」』·—…,.:;!?)]/u;

/** Pieces between which a line may break: words with their trailing space, single CJK characters. */
function breakUnits(title: string): string[] {
  const units: string[] = [];
  let word = '';
  for (const character of title) {
    if (CJK.test(character)) {
      if (word !== '') {
        units.push(word);
        word = '';
      }
      if (NO_LINE_START.test(character) && units.length > 0) {
        units[units.length - 1] += character;
      } else {
        units.push(character);
      }
    } else {
      word += character;
      if (/\s/.test(character) || character === '-' || character === '/') {
        units.push(word);
        word = '';
      }
    }
  }
  if (word !== '') {
    units.push(word);
  }
  return units;
}

/** The line, cut with an ellipsis where it is wider than `width`. */
function fitLine(line: string, size: number, width: number): string {
  if (textWidth(line, size) <= width) {
    return line;
  }
  const characters = [...line.replace(/…$/u, '')];
  while (characters.length > 0 && textWidth(`${characters.join('')}…`, size) > width) {
    characters.pop();
  }
  return `${characters.join('').trimEnd()}…`;
}

/** An upper estimate of the width in the bold faces above; the drawing cannot measure fonts. */
function textWidth(text: string, size: number): number {
  let em = 0;
  for (const character of text) {
    if (CJK.test(character)) {
      em += 1.02;
    } else if (/\p{M}|\u200d|\ufe0f/u.test(character)) {
      em += 0;
    } else if (character === ' ') {
      em += 0.3;
    } else if (/[iIljtfr.,:;'!|()·]/.test(character)) {
      em += 0.4;
    } else if (/[mwMW@%&]/.test(character)) {
      em += 0.96;
    } else if (/[A-Z0-9$#]/.test(character)) {
      em += 0.72;
    } else if (/[a-z]/.test(character)) {
      em += 0.62;
    } else {
      em += character.length > 1 ? 1.3 : 0.72;
    }
  }
  return em * size;
}

/** By the first character with a direction of its own. */
function startsRightToLeft(text: string): boolean {
  const first = /\p{L}/u.exec(text)?.[0] ?? '';
  return /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u.test(first);
}

// ---- SVG ----

/** Escapes text for XML, and drops what XML 1.0 cannot hold (control characters, lone surrogates). */
function escapeXml(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that XML forbids
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/gu, '')
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/>/g, '&gt;')
      .replace(/"/g, '&quot;')
      .replace(/'/g, '&#39;')
  );
}

function circle(x: number, y: number, radius: number, fill: string, opacity = 1): string {
  return `<circle cx="${round(x)}" cy="${round(y)}" r="${round(radius)}" fill="${fill}"${opacityOf(opacity)}/>`;
}

function rectangle(x: number, y: number, width: number, height: number, fill: string): string {
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" fill="${fill}"/>`;
}

/** `points`: x, y, x, y … */
function polygon(points: readonly number[], fill: string, opacity = 1): string {
  return `<path d="M${points.map(round).join(' ')}Z" fill="${fill}"${opacityOf(opacity)}/>`;
}

function opacityOf(opacity: number): string {
  return opacity === 1 ? '' : ` fill-opacity="${opacity}"`;
}

/** To a tenth of a unit, so that the bytes do not depend on the last bits of a cosine. */
function round(value: number): number {
  return Math.round(value * 10) / 10;
}
