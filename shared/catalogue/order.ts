// An order among equals that mixes years and titles and never changes.

/** A place that depends on the id alone: FNV-1a over UTF-16 units, with a last mix so that near ids lie apart. */
export function placeOf(id: string): number {
  let state = 0x811c9dc5;
  for (let index = 0; index < id.length; index++) {
    state = Math.imul(state ^ id.charCodeAt(index), 0x01000193);
  }
  return Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) >>> 0;
}
