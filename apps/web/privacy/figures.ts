// Numbers as the Privacy page prints them.
import { epsilonOfRho, rhoOfParticipation } from '#shared/privacy/accountant.ts';
import { privacyWords } from '../dictionary/privacy.ts';
import { largestMeaningfulEpsilon } from '../guarantee.ts';
import { LANGUAGE_TAGS, language } from '../language.ts';

/** Three significant digits. */
export function figure(value: number): string {
  return signed(new Intl.NumberFormat(LANGUAGE_TAGS[language.value], { maximumSignificantDigits: 3 }).format(value));
}

/** All digits of a whole number. */
export function wholeText(value: number): string {
  return signed(new Intl.NumberFormat(LANGUAGE_TAGS[language.value], { maximumFractionDigits: 0 }).format(value));
}

/** Two decimals, as wherever an epsilon is shown. */
export function epsilonText(epsilon: number): string {
  return new Intl.NumberFormat(LANGUAGE_TAGS[language.value], {
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
  }).format(epsilon);
}

/** A limit as the policy has it: 8, not 8.00. */
export function limitText(epsilon: number): string {
  return new Intl.NumberFormat(LANGUAGE_TAGS[language.value], { maximumFractionDigits: 2 }).format(epsilon);
}

/** What the noise multiplier promises for one participation, or that it promises nothing. */
export function guaranteeText(noiseMultiplier: number, delta: number): string {
  const { guarantee, noGuarantee } = privacyWords.value;
  const epsilon = epsilonOfRho(rhoOfParticipation(noiseMultiplier), delta);
  return isMeaningful(epsilon) ? guarantee(epsilonText(epsilon)) : noGuarantee;
}

export function isMeaningful(epsilon: number): boolean {
  return epsilon <= largestMeaningfulEpsilon;
}

/** 0.000001 as 10⁻⁶ where it is a power of ten, and as it is otherwise. */
export function exponentText(value: number): string {
  const exponent = Math.round(Math.log10(value));
  if (Math.abs(value / 10 ** exponent - 1) > 1e-9) {
    return String(value);
  }
  const digits = [...String(Math.abs(exponent))].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]).join('');
  return `10${exponent < 0 ? '⁻' : ''}${digits}`;
}

/** With a minus as wide as the digits. */
function signed(text: string): string {
  return text.replace('-', '−');
}
