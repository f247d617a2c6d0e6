/**
 * The endpoint of a request: its `name` tag, or, where the script gave none and k6 put the address there, method and
 * path: `GET /orders`. Host, query and fragment are left out, so that an endpoint is one line in a table.
 */
export function endpointName(name: string, method: string): string {
  const address = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*([^?#]*)/i.exec(name);
  return address ? `${method} ${address[1] === '' ? '/' : (address[1] ?? '/')}` : name;
}
