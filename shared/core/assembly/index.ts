// The WASM core: what shared/core calls. It keeps nothing: all pointers are the caller's, all memory is laid out by the caller.
export {
  addNoise,
  applySigns,
  clip,
  fitsIntegers,
  makeGuide,
  roundAtRandom,
  sumOfSquares,
  transform,
  truncate,
} from './encode';
export { keystream } from './keystream';
export { addProduct, quantise } from './products';
export { addPacked, addStream, pack } from './ring';
export { best, scores, softmaxMean } from './rows';
export { assemble, differentiate, factorise, solve } from './solve';
