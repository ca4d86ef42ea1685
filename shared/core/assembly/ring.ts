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
  } else if (bits === 18 || bits === 20) {
    // A shuffle brings the four bytes around each element into its lane, a product moves them to one place. Constants, for speed.
    const is18 = bits === 18;
    const step: usize = is18 ? 9 : 10;
    for (; i + 4 <= length; i += 4, packed += step, sum += 16) {
      const bytes = v128.load(packed);
      let lanes: v128;
      if (is18) {
        lanes = v128.shuffle<u8>(bytes, bytes, 0, 1, 2, 3, 2, 3, 4, 5, 4, 5, 6, 7, 6, 7, 8, 9);
        lanes = i32x4.shr_u(i32x4.mul(lanes, i32x4(1 << 14, 1 << 12, 1 << 10, 1 << 8)), 14);
      } else {
        lanes = v128.shuffle<u8>(bytes, bytes, 0, 1, 2, 3, 2, 3, 4, 5, 5, 6, 7, 8, 7, 8, 9, 10);
        lanes = i32x4.shr_u(i32x4.mul(lanes, i32x4(1 << 12, 1 << 8, 1 << 12, 1 << 8)), 12);
      }
      v128.store(sum, i32x4.add(v128.load(sum), lanes));
    }
  } else if (bits === 24) {
    const mask = i32x4.splat(0xff_ffff);
    for (; i + 4 <= length; i += 4, packed += 12, sum += 16) {
      const bytes = v128.load(packed);
      const lanes = v128.shuffle<u8>(bytes, bytes, 0, 1, 2, 2, 3, 4, 5, 5, 6, 7, 8, 8, 9, 10, 11, 11);
      v128.store(sum, i32x4.add(v128.load(sum), v128.and(lanes, mask)));
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
