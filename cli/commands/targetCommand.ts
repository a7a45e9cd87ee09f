/** `crescendo target`: the reference target, for people and (as a child process) for `crescendo run`. */
import { InputError } from '../../lib/words/settings.ts';
import { whole, counted } from '../../report/text/words.ts';
import type { Stats } from '../../target/stats.ts';
import { startTarget, type Target } from '../../target/server.ts';
import { DEFAULT_SETTINGS, targetSettingsFrom, type TargetSettings } from '../../target/settings.ts';
import type { GraphStats } from '../../target/graph/graphStats.ts';
import type { AgentsStats } from '../../target/agents/agentsStats.ts';
import type { AssistantStats } from '../../target/assistant/assistantStats.ts';
import type { MessagingStats } from '../../target/messaging/messagingStats.ts';
import type { OutageCounts } from '../../target/chatbot/chatbotStats.ts';
import type { Counts } from '../../target/counts.ts';
import { onStop } from '../process/interrupt.ts';
import type { TargetMessage } from '../setup/referenceTarget.ts';
import { messageOf, say } from '../process/terminal.ts';

/** Options as the command line has them; names as in `targetSettingsFrom`. */
export type TargetOptions = Record<string, string | undefined>;

/** Runs the target until Ctrl-C. Throws an InputError for a setting that can't be used or a port that is taken. */
export async function runTarget(options: TargetOptions): Promise<void> {
  const { target, settings } = await start(options);
  const stopped = new Promise<void>((resolve) => onStop(resolve));
  say(`The reference target listens on ${target.url} (sockets: ${target.websocketUrl}).`);
  for (const line of pasteLines(target, settings)) say(line);
  say('Ctrl-C stops it and tells what it has seen.');
  await stopped;
  await target.close();
  for (const line of ['', ...statsLines(target.stats())]) say(line);
}

/** Runs the target for the parent process: tells it the address, and the stats when it says stop or goes away. */
export async function runEmbeddedTarget(options: TargetOptions): Promise<void> {
  const tell = (message: TargetMessage) => process.send?.(message);
  try {
    const { target } = await start(options);
    tell({ url: target.url, websocketUrl: target.websocketUrl });
    // The parent says when: a Ctrl-C must not take the target away from sessions that are being ended.
    onStop(() => undefined);
    await new Promise<void>((resolve) => {
      process.once('message', () => resolve());
      process.once('disconnect', () => resolve());
    });
    await target.close();
    if (process.connected) tell({ stats: target.stats() });
  } catch (error) {
    tell({ problem: messageOf(error) });
  }
  if (process.connected) process.disconnect();
}

async function start(options: TargetOptions): Promise<{ target: Target; settings: TargetSettings }> {
  try {
    const settings = { ...DEFAULT_SETTINGS, ...targetSettingsFrom(options) };
    return { target: await startTarget(settings), settings };
  } catch (error) {
    throw new InputError([messageOf(error)]);
  }
}

/** A command to paste. A key of the user's own is not repeated on the screen. */
function pasteLines({ url, websocketUrl }: Target, { encryption, key }: TargetSettings): string[] {
  const isDemoKey = key === DEFAULT_SETTINGS.key;
  const variables = [
    ...(encryption === DEFAULT_SETTINGS.encryption ? [] : [`ENCRYPTION=${encryption}`]),
    ...(encryption === 'none' || !isDemoKey ? [] : [`ENCRYPTION_KEY=${key}`]),
    `API_BASE_URL=${url}`,
    `WEBSOCKET_BASE_URL=${websocketUrl}`,
  ];
  const own = encryption === 'none' || isDemoKey ? '' : ' (with ENCRYPTION_KEY set to the key you gave)';
  return [`Run a ramp against it, from another terminal${own}:`, '', ...shellCommand(variables), ''];
}

function shellCommand(variables: readonly string[]): string[] {
  const command = 'k6 run dist/ramp.js';
  if (process.platform === 'win32')
    return [...variables.map((variable) => `$env:${variable.replace('=', '="')}"`), command];
  // The blank before the next name instead of before the backslash: so a key of 64 digits fits in 80 columns.
  return [...variables.map((variable, index) => `${index === 0 ? '' : ' '}${variable}\\`), ` ${command}`];
}

/** What the target has seen, in a few lines of at most 80 columns or so. */
function statsLines(stats: Stats): string[] {
  const refused = countsText(stats.upgradesRefused);
  const faults = countsText(stats.faults);
  return [
    `requests   ${countsText({ ...stats.attempts })}`,
    `tokens     ${whole(stats.tokens)}`,
    `sessions   ${whole(stats.sessions)} created, ${whole(stats.deleted)} deleted`,
    `sockets    ${whole(stats.upgrades)} opened, at most ${whole(stats.peak)} at a time${refused && `; refused: ${refused}`}`,
    `questions  ${whole(stats.questions)} received, ${whole(stats.answers)} answered in ${counted(stats.chunks, 'chunk')}`,
    `closes     ${countsText(stats.closes) || 'none'}`,
    ...(stats.pings > 0 ? [`pings      ${whole(stats.pings)}`] : []),
    ...(faults ? [`faults     ${faults}`] : []),
    ...(stats.outages.count > 0 ? [`outages    ${outagesText(stats.outages)}`] : []),
    ...(stats.badFrames > 0
      ? [`bad frames ${whole(stats.badFrames)} (is the key the same on both sides?)`]
      : []),
    ...agentsLines(stats.agents),
    ...graphLines(stats.graph),
    ...messagingLines(stats.messaging),
    ...assistantLines(stats.assistant),
  ];
}

/** What the agents have seen; nothing if nobody came. */
function agentsLines(stats: AgentsStats): string[] {
  if (stats.attempts === 0) return [];
  const refused = countsText(stats.refused);
  const faults = countsText(stats.faults);
  return [
    'agents',
    `  sockets  ${whole(stats.upgrades)} opened, at most ${whole(stats.peak)} at a time${refused && `; refused: ${refused}`}`,
    `  messages ${whole(stats.messages)} received, ${counted(stats.responses, 'response')}; ${whole(stats.malformed)} malformed`,
    `  channels ${whole(stats.subscribes)} × subscribe, ${whole(stats.unsubscribes)} × unsubscribe`,
    `  others   ${whole(stats.pings)} × ping, ${whole(stats.disconnects)} × disconnect`,
    `  closes   ${countsText(stats.closes) || 'none'}`,
    ...(stats.broadcasts > 0
      ? [`  broadcasts ${whole(stats.broadcasts)}, ${whole(stats.deliveries)} × delivery`]
      : []),
    ...(faults ? [`  faults   ${faults}`] : []),
  ];
}

/** What the graph has seen; nothing if nobody came. */
function graphLines({ published, due, deliveries, drops, endpoints, faults }: GraphStats): string[] {
  const asked = Object.entries(endpoints).filter(([, { begun }]) => begun > 0);
  if (published === 0 && asked.length === 0) return [];
  const requests = countsText(Object.fromEntries(asked.map(([name, { begun }]) => [name, begun])));
  const fired = countsText(faults);
  return [
    'graph',
    ...(requests ? [`  requests ${requests}`] : []),
    ...(published > 0
      ? [`  messages ${whole(published)}, ${whole(due)} × delivery due, ${whole(deliveries)} made`]
      : []),
    ...(drops.count > 0 ? [`  drops    ${whole(drops.count)} of ${counted(drops.sockets, 'socket')}`] : []),
    ...(fired ? [`  faults   ${fired}`] : []),
  ];
}

/** What the messaging platform has seen; nothing if nobody came. */
function messagingLines(stats: MessagingStats): string[] {
  const { endpoints, sockets, notifications, files, chunks, tokens } = stats;
  const asked = Object.entries(endpoints).filter(([, { begun }]) => begun > 0);
  if (asked.length === 0 && sockets.attempts === 0) return [];
  const requests = countsText(Object.fromEntries(asked.map(([name, { begun }]) => [name, begun])));
  const [refused, wrong, fired] = [sockets.refused, tokens.refused, stats.faults].map(countsText);
  return [
    'messaging',
    ...(requests ? [`  requests ${requests}`] : []),
    ...(wrong ? [`  tokens   ${whole(tokens.issued)} issued; refused: ${wrong}`] : []),
    ...(sockets.attempts > 0
      ? [
          `  sockets  ${whole(sockets.upgrades)} opened, at most ${whole(sockets.peak)} at a time${refused && `; refused: ${refused}`}`,
          `  messages ${whole(stats.messages)}, ${whole(notifications.due)} × notification due, ${whole(notifications.sent)} sent`,
        ]
      : []),
    ...(files.initiated > 0
      ? [
          `  files    ${whole(files.initiated)} initiated, ${whole(files.completed)} completed; ${whole(chunks.stored)} × chunk, ${counted(chunks.bytesStored, 'byte')}`,
        ]
      : []),
    ...(fired ? [`  faults   ${fired}`] : []),
  ];
}

/** What the assistant has seen; nothing if nobody came. */
function assistantLines({ endpoints, files, blocks, faults }: AssistantStats): string[] {
  const asked = Object.entries(endpoints).filter(([, { begun }]) => begun > 0);
  if (asked.length === 0) return [];
  const requests = countsText(Object.fromEntries(asked.map(([name, { begun }]) => [name, begun])));
  const fired = countsText(faults);
  return [
    'assistant',
    `  requests ${requests}`,
    ...(files.written > 0
      ? [
          `  files    ${whole(files.written)} written, ${whole(files.read)} read, ${counted(files.bytes, 'byte')}`,
        ]
      : []),
    ...(blocks > 0 ? [`  loop     ${counted(blocks, 'time')} blocked`] : []),
    ...(fired ? [`  faults   ${fired}`] : []),
  ];
}

function outagesText(outages: OutageCounts): string {
  const effects = {
    'refused request': outages.requestsRefused,
    'refused upgrade': outages.upgradesRefused,
    'reset socket': outages.socketsReset,
    'refused question': outages.questionsRefused,
    'lost question': outages.questionsLost,
    'delayed question': outages.questionsDelayed,
  };
  const felt = Object.entries(effects).filter(([, count]) => count > 0);
  return [whole(outages.count), countsText(Object.fromEntries(felt))]
    .filter((text) => text !== '')
    .join(': ');
}

function countsText(counts: Counts): string {
  return Object.entries(counts)
    .map(([name, count]) => `${whole(count)} × ${name}`)
    .join(', ');
}
