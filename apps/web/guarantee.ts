/** Above it an epsilon promises nothing worth having: e^10 is 22,026. */
export const largestMeaningfulEpsilon = 10;
