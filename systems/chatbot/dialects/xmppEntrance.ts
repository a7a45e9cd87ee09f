/**
 * How a client of XMPP gets in, each step the answer to what the server said: streams
 * (https://www.rfc-editor.org/rfc/rfc7395), SASL and a resource (https://www.rfc-editor.org/rfc/rfc6120), presence, a room
 * (https://xmpp.org/extensions/xep-0045.html). Pure.
 */
import { base64Of } from '../../../lib/words/base64.ts';
import { childOf, type XmlElement } from '../../../lib/words/xml.ts';
import { xmlText } from '../../../lib/words/xmlText.ts';
import type { ChatIds, ServerMessage } from '../dialect.ts';
import { IGNORED } from './messages.ts';

/** `name` without the domain. */
export interface XmppAccount {
  name: string;
  password: string;
}

/** A room to join, and under which name. */
export interface XmppRoom {
  jid: string;
  nickname: (ids: ChatIds) => string;
}

export interface XmppEntrance {
  /** Forgets the session before. */
  begin: (ids: ChatIds) => void;
  /** What is said first. */
  open: string;
  /** Reads what is neither a message nor an `<iq/>`. */
  read: (element: XmlElement) => ServerMessage;
  /** Reads the result of an `<iq/>`. */
  readIq: (iq: XmlElement, hear: (message: ServerMessage) => void) => void;
  /** Whether that is this client's JID in the room. */
  isSelf: (jid: string) => boolean;
}

const SASL = 'urn:ietf:params:xml:ns:xmpp-sasl';
const BIND = iqSet('bind', "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>");
const SESSION = iqSet('session', "<session xmlns='urn:ietf:params:xml:ns:xmpp-session'/>");
const PRESENCE = "<presence xmlns='jabber:client'/>";
const NO_HISTORY = "<x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x>";

const REFUSED: ServerMessage = { type: 'error', id: null };
const READY: ServerMessage = { type: 'ready' };

/** Made once per VU; without an account it logs in by SASL ANONYMOUS. */
export function xmppEntrance(
  domain: string,
  account: ((ids: ChatIds) => XmppAccount) | undefined,
  room: XmppRoom | undefined,
): XmppEntrance {
  const open = `<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='${xmlText(domain)}' version='1.0'/>`;
  const mechanism = account === undefined ? 'ANONYMOUS' : 'PLAIN';
  let credentials = '';
  let self = '';
  let needsSession = false;

  function begin(ids: ChatIds): void {
    const { name, password } = account?.(ids) ?? { name: '', password: '' };
    credentials = base64Of(account === undefined ? ids.user : `\0${name}\0${password}`);
    self = room === undefined ? '' : `${room.jid}/${room.nickname(ids)}`;
  }

  function readFeatures(features: XmlElement): ServerMessage {
    if (childOf(features, 'bind') !== undefined) {
      const session = childOf(features, 'session');
      needsSession = session !== undefined && childOf(session, 'optional') === undefined;
      return { type: 'reply', text: BIND };
    }
    const mechanisms = childOf(features, 'mechanisms')?.children ?? [];
    if (!mechanisms.some(({ text }) => text.trim() === mechanism))
      return { type: 'bad', lacks: `mechanism ${mechanism}` };
    return { type: 'reply', text: `<auth xmlns='${SASL}' mechanism='${mechanism}'>${credentials}</auth>` };
  }

  function readIq({ attributes: { id, type } }: XmlElement, hear: (message: ServerMessage) => void): void {
    if (id !== 'bind' && id !== 'session') return hear(IGNORED);
    if (type === 'error') return hear(REFUSED);
    if (id === 'bind' && needsSession) return hear({ type: 'reply', text: SESSION });
    if (room !== undefined) return hear({ type: 'reply', text: [PRESENCE, joining(self)] });
    hear({ type: 'reply', text: PRESENCE });
    hear(READY);
  }

  function readPresence(presence: XmlElement): ServerMessage {
    const { from = '', type } = presence.attributes;
    if (room === undefined || bareJid(from) !== room.jid) return IGNORED;
    if (type === 'error') return REFUSED;
    if (from !== self && !isOfSelf(presence)) return IGNORED;
    self = from;
    return type === 'unavailable' ? REFUSED : READY;
  }

  function read(element: XmlElement): ServerMessage {
    switch (element.name) {
      case 'open':
        return IGNORED;
      case 'features':
        return readFeatures(element);
      case 'success':
        return { type: 'reply', text: open };
      case 'failure':
      case 'error':
        return REFUSED;
      case 'presence':
        return readPresence(element);
      default:
        return { type: 'unknown' };
    }
  }

  return { begin, open, read, readIq, isSelf: (jid) => room !== undefined && jid === self };
}

function iqSet(id: string, payload: string): string {
  return `<iq xmlns='jabber:client' type='set' id='${id}'>${payload}</iq>`;
}

function joining(self: string): string {
  return `<presence xmlns='jabber:client' to='${xmlText(self)}'>${NO_HISTORY}</presence>`;
}

/** Status 110: the room may have changed the name. */
function isOfSelf({ children }: XmlElement): boolean {
  return children.some((child) =>
    child.children.some(({ name, attributes }) => name === 'status' && attributes['code'] === '110'),
  );
}

/** A JID without its resource. */
export function bareJid(jid: string): string {
  const slash = jid.indexOf('/');
  return slash < 0 ? jid : jid.slice(0, slash);
}

/** A JID as servers write it. */
export function normalJid(jid: string): string {
  const bare = bareJid(jid);
  return bare.toLowerCase() + jid.slice(bare.length);
}

/** The answer to a request of the server: a pong (https://xmpp.org/extensions/xep-0199.html), or that there is no such service. */
export function iqReply(request: XmlElement): string {
  const { id = '', from } = request.attributes;
  const isPing = childOf(request, 'ping') !== undefined;
  const to = from === undefined ? '' : ` to='${xmlText(from)}'`;
  const head = `<iq xmlns='jabber:client' type='${isPing ? 'result' : 'error'}' id='${xmlText(id)}'${to}`;
  if (isPing) return `${head}/>`;
  const refusal = "<service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>";
  return `${head}><error type='cancel'>${refusal}</error></iq>`;
}
