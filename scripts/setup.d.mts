/** Whether this Node is ^20.19.0 or >=22.12.0. */
export function nodeIsSupported(version: string): boolean;
/** Whether a project's node_modules holds what its lock file says. */
export function installedAgreesWithLock(project: string): boolean;
