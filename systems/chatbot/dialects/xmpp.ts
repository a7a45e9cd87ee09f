/**
 * XMPP over a WebSocket (subprotocol `xmpp`, https://www.rfc-editor.org/rfc/rfc7395): a question is a message to a JID,
 * its answer that JID's messages with the question's `<thread>` (https://www.rfc-editor.org/rfc/rfc6121#section-5.2.5).
 * Pure.
 */
import { childOf, childText, xmlIn, type XmlElement } from '../../../lib/words/xml.ts';
import { xmlText } from '../../../lib/words/xmlText.ts';
import type { ChatIds, ChatProtocol, ServerMessage } from '../dialect.ts';
import { IGNORED, PUSH } from './messages.ts';
import { bareJid, iqReply, normalJid, xmppEntrance, type XmppAccount } from './xmppEntrance.ts';

/** What a back end has made of it. */
export interface XmppWords {
  path?: string;
  /** Of the server, such as `chat.example`. */
  domain: string;
  /** Logs in by SASL PLAIN; ANONYMOUS when left out. */
  account?: (ids: ChatIds) => XmppAccount;
  /** The JID that answers, such as `bot@chat.example`; in a room, its JID there: `room@rooms.chat.example/bot`. */
  bot: string;
  /** The room of the bot is joined under this name, and questions are asked there; no room when left out. */
  nickname?: (ids: ChatIds) => string;
  /** The body of a question; its text when left out. */
  body?: (id: string, course: string, text: string) => string;
  /** Whether this message is the last of an answer; each that has a body is, when left out. */
  isLast?: (message: XmlElement) => boolean;
  /** The bot gives no threads back: what it says is the answer to the open question. Not for rooms. */
  withoutIds?: boolean;
  /** When the message of somebody else was sent (epoch ms); `undefined` or NaN where it does not say so. */
  sentAt?: (message: XmlElement) => number | undefined;
}

const CLOSE = "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>";
const BROKEN: ServerMessage = { type: 'bad', lacks: 'well-formed XML' };

/** Makes the protocol of a VU. */
export function xmpp({
  path = '/xmpp-websocket',
  domain,
  account,
  bot,
  nickname,
  body = (_id, _course, text) => text,
  isLast = (message) => childOf(message, 'body') !== undefined,
  withoutIds = false,
  sentAt = () => undefined,
}: XmppWords): ChatProtocol {
  const answerer = normalJid(bot);
  const to = nickname === undefined ? answerer : bareJid(answerer);
  const attributes = `type='${nickname === undefined ? 'chat' : 'groupchat'}' to='${xmlText(to)}'`;
  const entrance = xmppEntrance(domain, account, nickname === undefined ? undefined : { jid: to, nickname });
  /** Questions of this session: in a room, everybody hears the answers to all. */
  const asked = new Set<string>();

  function readMessage(message: XmlElement): ServerMessage {
    const { type, from = '', id = null } = message.attributes;
    if (type === 'error') return { type: 'error', id };
    if (isBot(from)) return readAnswer(message);
    return entrance.isSelf(from) ? IGNORED : readOthers(message);
  }

  function isBot(from: string): boolean {
    return from === answerer || (nickname === undefined && from.startsWith(`${answerer}/`));
  }

  function readAnswer(message: XmlElement): ServerMessage {
    const text = childText(message, 'body');
    const complete = isLast(message);
    if (text === undefined && !complete) return IGNORED;
    const id = withoutIds ? null : childText(message, 'thread');
    if (id === undefined) return { type: 'unknown', lacks: 'thread' };
    if (nickname !== undefined && id !== null && !asked.has(id)) return readOthers(message);
    return { type: 'chunk', id, seq: null, text: text ?? '', complete };
  }

  function readOthers(message: XmlElement): ServerMessage {
    if (childOf(message, 'body') === undefined) return IGNORED;
    const at = sentAt(message);
    return at === undefined || Number.isNaN(at) ? PUSH : { type: 'push', sentAt: at };
  }

  function readIq(iq: XmlElement, hear: (message: ServerMessage) => void): void {
    const { type } = iq.attributes;
    if (type === 'get' || type === 'set') hear({ type: 'reply', text: iqReply(iq) });
    else entrance.readIq(iq, hear);
  }

  return {
    begin: (ids) => {
      entrance.begin(ids);
      asked.clear();
    },
    socket: () => ({ path, headers: {}, subprotocols: ['xmpp'] }),
    hello: () => entrance.open,
    awaitsReady: true,
    withoutIds,
    question: (id, course, text) => {
      asked.add(id);
      const words = xmlText(body(id, course, text));
      return `<message xmlns='jabber:client' ${attributes} id='${id}'><body>${words}</body><thread>${id}</thread></message>`;
    },
    goodbye: () => CLOSE,
    readFrame: (frame, hear) => {
      if (typeof frame !== 'string') return hear({ type: 'bad', lacks: 'text' });
      const element = xmlIn(frame);
      if (element === undefined) return hear(frame.trim() === '' ? IGNORED : BROKEN);
      switch (element.name) {
        case 'message':
          return hear(readMessage(element));
        case 'iq':
          return readIq(element, hear);
        case 'close':
          return hear({ type: 'reply', text: CLOSE });
        default:
          return hear(entrance.read(element));
      }
    },
  };
}
