/** Reads `SOCKET_HOSTS`, such as `a.example.com,b.example.com:8443`. Pure. */

/** The hosts in lower case; `reject` gets what is wrong with one. */
export function parseSocketHosts(text: string, reject: (remedy: string) => void): readonly string[] {
  if (text === '') return [];
  const hosts = text.split(',').map((part) => part.trim().toLowerCase());
  for (const host of hosts)
    if (!/^([^\s/:?#@]+|\[[\da-f:.]+\])(:\d+)?$/.test(host))
      reject(`"${host}" must be a host, with its port where it has one, such as ws2.example.com:8443`);
  return hosts;
}
