/** Whether this Node is ^20.19.0 or >=22.12.0. */
export function nodeIsSupported(version: string): boolean;
