/** What the agents say. */
import type { AgentsFault } from './agentsFaults.ts';
import type { AgentMessage } from './message.ts';

/** How a message went. */
export type Status = 'processed' | 'failed';

/** Returns the response to a message; `timestamp` is the text of a JSON number. */
export function responseTo(message: AgentMessage, status: Status, timestamp = message.timestamp): string {
  const { from, to, action, data } = message;
  const payload = `{"status":"${status}","action":"${action}"${data === undefined ? '' : `,"data":${data}`}}`;
  const parties = `"from":${JSON.stringify(to)},"to":${JSON.stringify(from)}`;
  return `{"type":"agent_response",${parties},"payload":${payload},"timestamp":${timestamp}}`;
}

/** Returns another timestamp than that of `message`: the one before it on its socket, if there is such a one. */
export function otherTimestamp({ timestamp }: AgentMessage, before: string | undefined): string {
  return before === undefined || before === timestamp ? '-1' : before;
}

/** Returns the beginning of a frame, which is no JSON. */
export function firstHalf(frame: string): string {
  return frame.slice(0, frame.length / 2);
}

const GONE = new Set<AgentsFault | undefined>([
  'response-dropped',
  'response-reset',
  'response-close-1001',
  'response-close-1011',
  'response-malformed',
]);

/** True if a message that meets this fault gets no response. */
export function takesResponse(fault: AgentsFault | undefined): boolean {
  return GONE.has(fault);
}
