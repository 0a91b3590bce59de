import sharp, { type Sharp } from 'sharp';

/** Numbers between 0 and 1, always the same for a seed. */
export function randomOf(seed: number): () => number {
  let state = seed * 7_919 + 13;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  for (let round = 0; round < 20; round += 1) next();
  return next;
}

type Colour = [red: number, green: number, blue: number];

/**
 * A picture with the statistics of a photo, another one for every seed: noise whose strength falls with its frequency, things of
 * several colours and grain.
 */
export function photoLike(seed: number, width = 480, height = 360): Sharp {
  const random = randomOf(seed);
  const colour = (): Colour => [random() * 255, random() * 255, random() * 255];
  const octaves = Array.from({ length: 7 }, (_, octave) => {
    const side = 2 ** (octave + 1) + 1;
    return {
      side,
      strength: 50 / 2 ** (octave * 0.85),
      values: Float32Array.from({ length: side * side }, () => random() * 2 - 1),
    };
  });
  const things = Array.from({ length: 6 + Math.floor(random() * 8) }, () => ({
    x: random(),
    y: random(),
    halfWidth: 0.05 + random() / 4,
    halfHeight: 0.05 + random() / 4,
    isBox: random() < 0.4,
    colour: colour(),
  }));
  const ground = colour().map((value) => 70 + value * 0.4) as Colour;
  const pixels = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const u = x / width;
      const v = y / height;
      const thing = things.findLast(({ x, y, halfWidth, halfHeight, isBox }) => {
        const [across, down] = [Math.abs(u - x) / halfWidth, Math.abs(v - y) / halfHeight];
        return isBox ? Math.max(across, down) < 1 : across ** 2 + down ** 2 < 1;
      });
      const shade = octaves.reduce((sum, octave) => sum + octave.strength * between(octave, u, v), 0);
      (thing?.colour ?? ground).forEach((value, channel) => {
        const at = (y * width + x) * 3 + channel;
        pixels[at] = Math.max(0, Math.min(255, value + shade + (random() - 0.5) * 6));
      });
    }
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

/** Interpolated between the values of a grid. */
function between({ side, values }: { side: number; values: Float32Array }, u: number, v: number): number {
  const [x, y] = [u * (side - 1), v * (side - 1)];
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const at = top * side + left;
  const upper = (values[at] ?? 0) * (1 - x + left) + (values[at + 1] ?? 0) * (x - left);
  const lower = (values[at + side] ?? 0) * (1 - x + left) + (values[at + side + 1] ?? 0) * (x - left);
  return upper * (1 - y + top) + lower * (y - top);
}

const svg = (width: number, height: number, content: string): Sharp =>
  sharp(
    Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${content}</svg>`,
    ),
  ).removeAlpha();

/** Short strokes in lines, as letters look from afar. */
function writing(
  random: () => number,
  x: number,
  y: number,
  width: number,
  lines: number,
  size: number,
): string {
  return Array.from({ length: lines }, (_, line) => {
    const strokes: string[] = [];
    for (let at = x; at < x + width * (0.6 + random() * 0.4); at += size * (0.5 + random() * 0.4)) {
      const top = y + line * size * 1.8;
      strokes.push(`M${at} ${top}l${(random() - 0.5) * size} ${size}`);
    }
    return `<path d="${strokes.join('')}" stroke="#222" stroke-width="${size / 7}" fill="none"/>`;
  }).join('');
}

/** A program's window over the whole screen: bars, buttons, a list with writing. */
export function screenLike(seed: number, width: number, height: number): Sharp {
  const random = randomOf(seed);
  const hue = Math.round(random() * 360);
  const rows = Array.from({ length: 12 }, (_, row) => {
    const y = height * (0.12 + row * 0.07);
    const fill = row % 2 ? '#ffffff' : '#f3f4f6';
    return `<rect x="${width * 0.2}" y="${y}" width="${width * 0.8}" height="${height * 0.07}" fill="${fill}"/>${writing(random, width * 0.22, y + height * 0.02, width * 0.5, 1, height * 0.02)}`;
  });
  return svg(
    width,
    height,
    `<rect width="100%" height="100%" fill="#ffffff"/><rect width="100%" height="${height * 0.08}" fill="hsl(${hue},60%,45%)"/>
     <rect y="${height * 0.08}" width="${width * 0.2}" height="100%" fill="hsl(${hue},25%,92%)"/>${rows.join('')}`,
  );
}

/** A page as a scanner takes it: paper that is not quite white, a little askew, with the grain of the sensor. */
export async function scanLike(seed: number, width = 780, height = 1_103): Promise<Sharp> {
  const random = randomOf(seed);
  const page = svg(
    width,
    height,
    `<rect width="100%" height="100%" fill="#f4f3ef"/>${writing(random, width * 0.12, height * 0.1, width * 0.75, 36, height * 0.013)}`,
  ).rotate((random() - 0.5) * 2, { background: '#f4f3ef' });
  const { data, info } = await page
    .resize(width, height, { fit: 'cover' })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  for (let pixel = 0; pixel < info.width * info.height; pixel += 1) {
    const grain = (random() - 0.5) * 14;
    for (let at = pixel * 3; at < pixel * 3 + 3; at += 1) {
      data[at] = Math.max(0, Math.min(255, (data[at] ?? 0) + grain));
    }
  }
  return sharp(data, { raw: { width: info.width, height: info.height, channels: 3 } });
}

/** A logo or a chart: few plain shapes on a plain ground. */
export function drawingLike(seed: number, width = 640, height = 480): Sharp {
  const random = randomOf(seed);
  const shapes = Array.from({ length: 7 }, () => {
    const fill = `hsl(${Math.round(random() * 360)},70%,50%)`;
    const [x, y, size] = [random() * width, random() * height, 20 + random() * 120];
    return random() < 0.5
      ? `<circle cx="${x}" cy="${y}" r="${size}" fill="${fill}"/>`
      : `<rect x="${x}" y="${y}" width="${size}" height="${size * 1.5}" fill="${fill}"/>`;
  });
  return svg(width, height, `<rect width="100%" height="100%" fill="#fff"/>${shapes.join('')}`);
}
