/** The headers of a recorded request that a replay needs. Pure. */
import type { Header } from '../recording/recording.ts';

/** What the browser, the connection or k6 says by itself, or what is said by a setting: Origin. */
const OWN =
  /^(sec-.*|accept(-.*)?|user-agent|origin|referer|host|connection|upgrade|upgrade-insecure-requests|content-length|cache-control|pragma|priority|dnt|te|if-.*|cookie|x-client-data|x-browser-.*|keep-alive|proxy-.*)$/;

/** Without Origin and Cookie, which have a way of their own. */
export function neededHeaders(headers: readonly Header[]): Header[] {
  return headers.filter(([name, value]) => !OWN.test(name) && value !== '');
}

/** A header's name as people write it: `Content-Type`. */
export function headerName(name: string): string {
  return name.replace(/(^|-)([a-z])/g, (_, before: string, letter: string) => before + letter.toUpperCase());
}

/** The cookies that a request carried. */
export function cookiesOf(headers: readonly Header[]): Header[] {
  return headers
    .filter(([name]) => name === 'cookie')
    .flatMap(([, value]) => value.split(';'))
    .flatMap((pair): Header[] => {
      const [, name = '', value = ''] = /^\s*([^=]+)=(.*?)\s*$/.exec(pair) ?? [];
      return name === '' ? [] : [[name, value]];
    });
}
