// An AES-256-CTR keystream (FIPS 197, NIST SP 800-38A 6.5) from a zero counter block, by one table of 1 KiB. Its lookups depend on the key: for the
// public signs of the rotation alone, never for a mask.

/** Bytes of `work`: the table, the S-box and the key schedule. */
const tableBytes: usize = 1024;
const boxBytes: usize = 256;
const rounds = 14;

/** Fills `out` with `blocks` blocks of 16 bytes. `key`: 32 bytes. `work`: 1520 bytes. */
export function keystream(key: usize, out: usize, blocks: i32, work: usize): void {
  const table = work;
  const box = table + tableBytes;
  const schedule = box + boxBytes;
  makeTables(table, box);
  expandKey(key, schedule, box);
  for (let block: u32 = 0; block < u32(blocks); block++, out += 16) {
    let a = load<u32>(schedule);
    let b = load<u32>(schedule, 4);
    let c = load<u32>(schedule, 8);
    let d = load<u32>(schedule, 12) ^ bswap(block);
    let round = schedule + 16;
    for (const end = schedule + rounds * 16; round < end; round += 16) {
      const nextA = mixed(table, a, b, c, d) ^ load<u32>(round);
      const nextB = mixed(table, b, c, d, a) ^ load<u32>(round, 4);
      const nextC = mixed(table, c, d, a, b) ^ load<u32>(round, 8);
      d = mixed(table, d, a, b, c) ^ load<u32>(round, 12);
      a = nextA;
      b = nextB;
      c = nextC;
    }
    store<u32>(out, substituted(box, a, b, c, d) ^ load<u32>(round));
    store<u32>(out, substituted(box, b, c, d, a) ^ load<u32>(round, 4), 4);
    store<u32>(out, substituted(box, c, d, a, b) ^ load<u32>(round, 8), 8);
    store<u32>(out, substituted(box, d, a, b, c) ^ load<u32>(round, 12), 12);
  }
}

function entry(table: usize, byte: u32): u32 {
  return load<u32>(table + (usize(byte & 255) << 2));
}

/** One column of a round: bytes of a, b, c, d in the place of their rows, substituted and mixed. */
function mixed(table: usize, a: u32, b: u32, c: u32, d: u32): u32 {
  return (
    entry(table, a) ^
    rotl(entry(table, b >>> 8), 8) ^
    rotl(entry(table, c >>> 16), 16) ^
    rotl(entry(table, d >>> 24), 24)
  );
}

function boxed(box: usize, byte: u32): u32 {
  return load<u8>(box + usize(byte & 255));
}

/** The last round's column: substituted alone. */
function substituted(box: usize, a: u32, b: u32, c: u32, d: u32): u32 {
  return boxed(box, a) | (boxed(box, b >>> 8) << 8) | (boxed(box, c >>> 16) << 16) | (boxed(box, d >>> 24) << 24);
}

/** Twice a number of GF(2^8). */
function doubled(x: u32): u32 {
  return ((x << 1) ^ ((x >>> 7) * 0x11b)) & 255;
}

/** The S-box by walking powers of 3 and of its inverse, and the table of its columns (2 s, s, s, 3 s). */
function makeTables(table: usize, box: usize): void {
  let power: u32 = 1;
  let inverse: u32 = 1;
  for (let i = 0; i < 255; i++) {
    // The sum of five rotations within a byte.
    const wide = inverse ^ (inverse << 1) ^ (inverse << 2) ^ (inverse << 3) ^ (inverse << 4);
    setEntry(table, box, power, (wide ^ (wide >>> 8) ^ 0x63) & 255);
    power ^= doubled(power);
    // Division by 3 in GF(2^8).
    inverse ^= (inverse << 1) & 255;
    inverse ^= (inverse << 2) & 255;
    inverse ^= (inverse << 4) & 255;
    if (inverse & 128) inverse ^= 9;
  }
  setEntry(table, box, 0, 0x63);
}

function setEntry(table: usize, box: usize, at: u32, s: u32): void {
  const twice = doubled(s);
  store<u8>(box + usize(at), u8(s));
  store<u32>(table + (usize(at) << 2), twice | (s << 8) | (s << 16) | ((twice ^ s) << 24));
}

function expandKey(key: usize, schedule: usize, box: usize): void {
  memory.copy(schedule, key, 32);
  let constant: u32 = 1;
  for (let i = 8; i < 4 * (rounds + 1); i++) {
    const at = schedule + (usize(i) << 2);
    let word = load<u32>(at - 4);
    if ((i & 7) === 0) {
      word = rotr(substituted(box, word, word, word, word), 8) ^ constant;
      constant = doubled(constant);
    } else if ((i & 7) === 4) {
      word = substituted(box, word, word, word, word);
    }
    store<u32>(at, load<u32>(at - 32) ^ word);
  }
}
