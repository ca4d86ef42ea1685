// The ring Z_2^b in u32, taken modulo 2^32 on the way: 2^b divides it. Packed elements lie lowest bit first.

/** Packs the lowest `bits` bits of each value; the rest of the last byte is 0. */
export function pack(values: usize, length: i32, bits: i32, out: usize): void {
  const mask: u64 = bits === 32 ? 0xffff_ffff : (u64(1) << bits) - 1;
  const end = values + (usize(length) << 2);
  let held: u64 = 0;
  let heldBits = 0;
  for (let at = values; at < end; at += 4) {
    held |= (u64(load<u32>(at)) & mask) << heldBits;
    heldBits += bits;
    if (heldBits >= 32) {
      store<u32>(out, u32(held));
      out += 4;
      held >>>= 32;
      heldBits -= 32;
    }
  }
  for (; heldBits > 0; heldBits -= 8, held >>>= 8) store<u8>(out++, u8(held));
}

/** Elements of more bits can lie across five bytes. */
const widestShuffled = 25;

/** For each of four elements from bit `offset` on, the four bytes from its first. */
function bytesOf(offset: i32, bits: i32): v128 {
  const starts = i32x4.shr_u(bitsOf(offset, bits), 3);
  return i32x4.add(i32x4.mul(starts, i32x4.splat(0x01010101)), i32x4.splat(0x03020100));
}

/** What moves each of these to the top of its lane. */
function factorsOf(offset: i32, bits: i32): v128 {
  const at = v128.and(bitsOf(offset, bits), i32x4.splat(7));
  let factors = i32x4.splat(1 << (32 - bits - i32x4.extract_lane(at, 0)));
  factors = i32x4.replace_lane(factors, 1, 1 << (32 - bits - i32x4.extract_lane(at, 1)));
  factors = i32x4.replace_lane(factors, 2, 1 << (32 - bits - i32x4.extract_lane(at, 2)));
  return i32x4.replace_lane(factors, 3, 1 << (32 - bits - i32x4.extract_lane(at, 3)));
}

function bitsOf(offset: i32, bits: i32): v128 {
  return i32x4.add(i32x4.splat(offset), i32x4.mul(i32x4.splat(bits), i32x4(0, 1, 2, 3)));
}

/** sum += the packed elements. Reads up to 16 bytes beyond the last. */
export function addPacked(packed: usize, length: i32, bits: i32, sum: usize): void {
  let i = 0;
  if (bits === 32) {
    for (; i + 4 <= length; i += 4, packed += 16, sum += 16) {
      v128.store(sum, i32x4.add(v128.load(sum), v128.load(packed)));
    }
  } else if (bits === 16) {
    for (; i + 4 <= length; i += 4, packed += 8, sum += 16) {
      v128.store(sum, i32x4.add(v128.load(sum), v128.load16x4_u(packed)));
    }
  } else if (bits <= widestShuffled) {
    // Eight elements are `bits` whole bytes. A shuffle brings the four bytes around each element into its lane, a product moves it to the top.
    const half = usize(bits) >> 1;
    const offset = (bits & 1) << 2;
    const evenBytes = bytesOf(0, bits);
    const evenFactors = factorsOf(0, bits);
    const oddBytes = bytesOf(offset, bits);
    const oddFactors = factorsOf(offset, bits);
    const rest = 32 - bits;
    for (; i + 8 <= length; i += 8, packed += bits, sum += 32) {
      const first = i32x4.mul(v128.swizzle(v128.load(packed), evenBytes), evenFactors);
      v128.store(sum, i32x4.add(v128.load(sum), i32x4.shr_u(first, rest)));
      const second = i32x4.mul(v128.swizzle(v128.load(packed + half), oddBytes), oddFactors);
      v128.store(sum, i32x4.add(v128.load(sum, 16), i32x4.shr_u(second, rest)), 16);
    }
  }
  const mask: u64 = bits === 32 ? 0xffff_ffff : (u64(1) << bits) - 1;
  for (let bit: u64 = 0; i < length; i++, bit += bits, sum += 4) {
    const element = (load<u64>(packed + usize(bit >>> 3)) >>> (bit & 7)) & mask;
    store<u32>(sum, load<u32>(sum) + u32(element));
  }
}

/** sum += or -= a keystream's words of 2 or 4 bytes. Whole vectors: both are padded. */
export function addStream(sum: usize, stream: usize, length: i32, wordBytes: i32, isMinus: bool): void {
  const end = sum + ((usize(length) * 4 + 15) & ~15);
  for (; sum < end; sum += 16) {
    let words: v128;
    if (wordBytes === 2) {
      words = v128.load16x4_u(stream);
      stream += 8;
    } else {
      words = v128.load(stream);
      stream += 16;
    }
    const before = v128.load(sum);
    v128.store(sum, isMinus ? i32x4.sub(before, words) : i32x4.add(before, words));
  }
}
