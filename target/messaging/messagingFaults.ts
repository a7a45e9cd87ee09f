/** What can go wrong with the messaging platform. */

/**
 * Every fault of the messaging platform, by name. The first word is the place where it is decided: `login`, `message`,
 * `conversations`, `initiate`, `chunk` and `complete` are the requests of that endpoint, `bearer` a request with a token
 * that is good, `socket` an upgrade of `/ws/notifications`, `subscription`, `unsubscription` and `heartbeat` the arrival
 * of what asks for that ack, `notification` one message for one subscribed socket; all are numbered over the whole
 * server. When several faults of one place fall on the same number, the one that stands first in this list wins. A fault
 * of an endpoint comes before a look at the token. What an outage refuses or loses is numbered too, but no fault falls
 * on it.
 */
export const MESSAGING_FAULTS = [
  // The log-in is refused with this status.
  'login-401',
  'login-429',
  'login-500',
  'login-503',
  // The request is refused with this status.
  'message-429',
  'message-500',
  'message-503',
  'conversations-500',
  'conversations-503',
  'initiate-500',
  'initiate-503',
  // The good token is called expired: 401 with token_expired.
  'bearer-expired',
  // The chunk is refused with this status; 507 says disk_full. Its body is thrown away.
  'chunk-413',
  'chunk-500',
  'chunk-503',
  'chunk-507',
  // The connection is reset (TCP RST) when half of the body has been read.
  'chunk-cut',
  // The chunk is kept, but the reply carries another checksum.
  'chunk-wrong-sum',
  // The chunk is taken chunkSlowMs later.
  'chunk-slow',
  // The merge fails with 500; the chunks stay, so that the file can be completed later.
  'complete-500',
  // The request is refused with this status, and nothing is merged.
  'complete-503',
  // The upgrade is refused with this status.
  'socket-401',
  'socket-403',
  'socket-429',
  'socket-500',
  'socket-502',
  'socket-503',
  'socket-504',
  // The upgrade is never answered; the connection stays.
  'socket-silent',
  // A subscribe gets no ack; the subscriptions hold.
  'subscription-lost',
  // An unsubscribe gets no ack; the subscriptions end.
  'unsubscription-lost',
  // A heartbeat gets no ack.
  'heartbeat-lost',
  // Nothing is sent to this socket.
  'notification-lost',
  // The notification is sent to this socket twice.
  'notification-doubled',
  // The notification is sent notificationLateMs late.
  'notification-late',
] as const;

/** The name of one fault. */
export type MessagingFault = (typeof MESSAGING_FAULTS)[number];
