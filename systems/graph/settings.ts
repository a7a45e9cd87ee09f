/** The settings that several scripts of the graph service have; those of one stand in its folder. Pure data. */
import { replySeconds } from '../../lib/before/settings/connections.ts';
import { restSection, socketSection } from '../../lib/before/settings/target.ts';
import { section } from '../../lib/words/sections.ts';

/** Of scripts that use sockets. */
export const SOCKET_TARGET = socketSection('address of the sockets, with its path');

/** Of scripts that call endpoints. */
export const REST_TARGET = restSection('address of the endpoints');

/** How long a client waits for a reply to what it says. */
export const REPLIES = section({
  title: 'Replies',
  settings: {
    replySeconds,
  },
});
