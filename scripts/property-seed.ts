// Before each test file: property tests draw from one seed, so that a run can be repeated and a green commit stays green.
// TACIT_TEST_SEED=N draws other cases; a failure prints its seed.
import fc from 'fast-check';

const seed = Number(process.env.TACIT_TEST_SEED ?? 20_261_123);
if (!Number.isSafeInteger(seed)) {
  throw new RangeError(`TACIT_TEST_SEED: expected a whole number, got ${process.env.TACIT_TEST_SEED}`);
}
fc.configureGlobal({ seed });
