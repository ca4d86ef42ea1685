// The rules of `communities` under noise, the same for every crowd: how many communities, items and iterations, and how a session's budget is divided.

/** Few, and so few iterations that each has some signal. */
export const privateCommunities = 4;
export const privateIterations = 2;
export const privateItems = 200;
const popularityShare = 0.4;

/** Parts of a session's rho: of the popularity, and of each phase after it (the iterations, and then what the communities like). */
export function sharesOf(iterations: number): { readonly popularity: number; readonly each: number } {
  return { popularity: popularityShare, each: (1 - popularityShare) / (iterations + 1) };
}
