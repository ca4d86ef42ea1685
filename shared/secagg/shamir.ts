// Shamir's secret sharing (1979): a secret is the value at 0 of a polynomial of degree t - 1, a share its value at a small point x > 0.
// Any t shares give the secret; t - 1 say nothing about it. With more than t shares wrong ones can be corrected: a sharing is a
// Reed-Solomon code word. The prime is a parameter so that tests can be exhaustive over a small one.
import { fieldPrime, inverse, inverses, modulo } from './field.ts';

/**
 * The shares of a secret at `points`.
 * @param coefficients of x, x², ..., x^(t-1): t - 1 uniform elements, used for this secret alone. @param points distinct, above 0.
 */
export function shareSecret(
  secret: bigint,
  coefficients: readonly bigint[],
  points: readonly number[],
  prime: bigint = fieldPrime,
): bigint[] {
  checkPoints(points, prime);
  return points.map((point) => {
    const x = BigInt(point);
    let value = 0n;
    for (let i = coefficients.length - 1; i >= 0; i--) value = ((value + coefficients[i]!) * x) % prime;
    return (value + secret) % prime;
  });
}

/** Interpolation at 0. The weights depend on the points alone and are kept by set of points: in a complete graph all secrets share one. */
export class Interpolation {
  readonly #weights = new Map<string, readonly bigint[]>();
  readonly #prime: bigint;

  constructor(prime: bigint = fieldPrime) {
    this.#prime = prime;
  }

  /** The secret of exactly t shares. Wrong shares give a wrong secret: compare it with what its owner committed to. */
  combine(points: readonly number[], shares: readonly bigint[]): bigint {
    if (points.length !== shares.length || points.length === 0) {
      throw new RangeError(`combine: expected a share for each point, got ${shares.length} for ${points.length}`);
    }
    const key = points.join();
    let weights = this.#weights.get(key);
    if (weights === undefined) {
      weights = weightsAtZero(points, this.#prime);
      this.#weights.set(key, weights);
    }
    let secret = 0n;
    for (let i = 0; i < shares.length; i++) secret += shares[i]! * weights[i]!;
    return modulo(secret, this.#prime);
  }
}

/** Lagrange's weights at 0: w_i = product over j != i of x_j / (x_j - x_i). */
function weightsAtZero(points: readonly number[], prime: bigint): bigint[] {
  checkPoints(points, prime);
  let numerator = 1n;
  for (const point of points) numerator = (numerator * BigInt(point)) % prime;
  const denominators = points.map((own) => {
    let product = BigInt(own);
    // The differences are small: several are multiplied as plain numbers before one product in the field.
    let small = 1;
    for (const other of points) {
      if (other === own) continue;
      if (Math.abs(small) > 2 ** 36) {
        product = (product * BigInt(small)) % prime;
        small = 1;
      }
      small *= other - own;
    }
    return (product * BigInt(small)) % prime;
  });
  return inverses(denominators, prime).map((part) => modulo(numerator * part, prime));
}

/**
 * The secret from m shares of which up to floor((m - t) / 2) are wrong, or null when more are (or, rarely, another code word is nearer).
 * Berlekamp and Welch's key equation, solved by the extended Euclidean algorithm (Gao 2003): with g0 = product of (x - x_i) and g1 through
 * all shares, the remainder of degree below (m + t) / 2 over its cofactor is the polynomial. Check the result against a commitment.
 */
export function decodeShares(
  points: readonly number[],
  shares: readonly bigint[],
  threshold: number,
  prime: bigint = fieldPrime,
): bigint | null {
  checkPoints(points, prime);
  if (points.length !== shares.length || points.length < threshold) return null;
  const field = new Polynomials(prime);
  const xs = points.map((point) => BigInt(point));
  let [previous, current] = [field.withRoots(xs), field.through(xs, shares)];
  let [previousCofactor, cofactor]: [bigint[], bigint[]] = [[], [1n]];
  while (2 * (current.length - 1) >= points.length + threshold) {
    const { quotient, remainder } = field.divide(previous, current);
    [previous, current] = [current, remainder];
    [previousCofactor, cofactor] = [cofactor, field.subtract(previousCofactor, field.multiply(quotient, cofactor))];
  }
  const { quotient, remainder } = field.divide(current, cofactor);
  if (remainder.length > 0 || quotient.length > threshold) return null;
  const wrong = xs.filter((x, i) => field.valueAt(quotient, x) !== shares[i]!).length;
  return 2 * wrong <= points.length - threshold ? (quotient[0] ?? 0n) : null;
}

/** Polynomials as coefficients in ascending degree, without leading zeros: [] is 0. */
class Polynomials {
  readonly #prime: bigint;

  constructor(prime: bigint) {
    this.#prime = prime;
  }

  /** The product of (x - root). */
  withRoots(roots: readonly bigint[]): bigint[] {
    let product = [1n];
    for (const root of roots) product = this.#timesLinear(product, root);
    return product;
  }

  /** Newton's interpolation: the polynomial of degree below the number of points through all of them. */
  through(xs: readonly bigint[], values: readonly bigint[]): bigint[] {
    let polynomial: bigint[] = [];
    let roots = [1n];
    for (let i = 0; i < xs.length; i++) {
      const missing = values[i]! - this.valueAt(polynomial, xs[i]!);
      const factor = modulo(missing * inverse(this.valueAt(roots, xs[i]!), this.#prime), this.#prime);
      polynomial = this.subtract(
        polynomial,
        roots.map((part) => part * -factor),
      );
      roots = this.#timesLinear(roots, xs[i]!);
    }
    return polynomial;
  }

  valueAt(polynomial: readonly bigint[], x: bigint): bigint {
    let value = 0n;
    for (let i = polynomial.length - 1; i >= 0; i--) value = (value * x + polynomial[i]!) % this.#prime;
    return modulo(value, this.#prime);
  }

  subtract(a: readonly bigint[], b: readonly bigint[]): bigint[] {
    const out: bigint[] = [];
    for (let i = 0; i < Math.max(a.length, b.length); i++) out.push(modulo((a[i] ?? 0n) - (b[i] ?? 0n), this.#prime));
    return trimmed(out);
  }

  multiply(a: readonly bigint[], b: readonly bigint[]): bigint[] {
    const out = new Array<bigint>(Math.max(0, a.length + b.length - 1)).fill(0n);
    for (let i = 0; i < a.length; i++) {
      for (let j = 0; j < b.length; j++) out[i + j] = (out[i + j]! + a[i]! * b[j]!) % this.#prime;
    }
    return trimmed(out);
  }

  divide(a: readonly bigint[], b: readonly bigint[]): { quotient: bigint[]; remainder: bigint[] } {
    const remainder = a.slice();
    const quotient = new Array<bigint>(Math.max(0, a.length - b.length + 1)).fill(0n);
    const leading = inverse(b[b.length - 1]!, this.#prime);
    for (let shift = a.length - b.length; shift >= 0; shift--) {
      const factor = modulo(remainder[shift + b.length - 1]! * leading, this.#prime);
      quotient[shift] = factor;
      for (let i = 0; i < b.length; i++) {
        remainder[shift + i] = modulo(remainder[shift + i]! - factor * b[i]!, this.#prime);
      }
    }
    return { quotient: trimmed(quotient), remainder: trimmed(remainder) };
  }

  /** polynomial * (x - root). */
  #timesLinear(polynomial: readonly bigint[], root: bigint): bigint[] {
    const out = [0n, ...polynomial];
    for (let i = 0; i < polynomial.length; i++) out[i] = modulo(out[i]! - root * polynomial[i]!, this.#prime);
    return out;
  }
}

function trimmed(polynomial: bigint[]): bigint[] {
  let length = polynomial.length;
  while (length > 0 && polynomial[length - 1] === 0n) length--;
  return polynomial.slice(0, length);
}

function checkPoints(points: readonly number[], prime: bigint): void {
  // Up to 2^16, so that a difference times 2^36 stays an exact number.
  const fit = points.every((point) => Number.isInteger(point) && point > 0 && point <= 65_536 && BigInt(point) < prime);
  if (!fit || new Set(points).size !== points.length) {
    throw new RangeError(
      `points: expected distinct whole numbers from 1, below the prime, got ${points.slice(0, 20).join()}`,
    );
  }
}
