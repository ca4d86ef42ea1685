/** The path of a Chromium, Chrome or Edge, or null. Throws when TACIT_BROWSER or CHROME_PATH names a file that is not there. */
export function findBrowser(environment?: NodeJS.ProcessEnv): string | null;
/** The path of a stock Firefox, or null. Throws when TACIT_FIREFOX names a file that is not there. */
export function findFirefox(environment?: NodeJS.ProcessEnv): string | null;
