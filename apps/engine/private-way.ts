// Whether others can read along on the way to a server. PROTOCOL.md [P3].

/** Names of this computer, as a URL has them. Where the server says that it is counts for nothing: behind a proxy everybody is near. */
const loopbackHosts: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/** Over https, or to this computer. @param url such as `http://localhost:8080` */
export function isPrivateWay(url: string): boolean {
  const { hostname, protocol } = new URL(url);
  return protocol === 'https:' || loopbackHosts.includes(hostname);
}
