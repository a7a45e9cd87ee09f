/** The questions and answers of one chat socket. */
import type { RawData } from 'ws';
import { chunksOf, stepsOf, type ChunkStep, type Step } from './answer.ts';
import { overloadDelay } from '../capacity.ts';
import type { ServerSocket } from '../serverSocket.ts';
import type { ChatbotFault } from './chatbotFaults.ts';
import type { Context } from './context.ts';
import { corruptFrame, GARBAGE, SHORT_FRAME } from './corrupt.ts';
import type { OutageMode, Sufferer } from '../outage.ts';
import { Playback } from './playback.ts';
import { readQuestion, type Question } from './question.ts';
import { tally } from '../counts.ts';

const LATE_MS = 3000;

/** Answers the questions of an open socket until it closes. */
export function converse(socket: ServerSocket, context: Context): void {
  const conversation = new Conversation(socket, context);
  socket.ignoresClose = () => context.arrivals.meet('close') !== undefined;
  socket.on('message', (data, isBinary) => conversation.receive(data, isBinary));
  socket.on('ping', (data) => conversation.pong(data));
  socket.on('close', (code) => conversation.end(code));
  // ws closes the socket after an error of its own; without a listener the error would end the process.
  socket.on('error', () => undefined);
}

class Conversation implements Sufferer {
  private readonly socket: ServerSocket;
  private readonly context: Context;
  /** The answers under way, each with whether it is to be counted once it is whole. */
  private readonly playbacks = new Map<Playback, boolean>();

  constructor(socket: ServerSocket, context: Context) {
    this.socket = socket;
    this.context = context;
    const { counters, outages } = context;
    outages.join(this);
    counters.upgrades += 1;
    counters.open += 1;
    counters.peak = Math.max(counters.peak, counters.open);
  }

  receive(data: RawData, isBinary: boolean): void {
    if (!this.socket.isOpen() || !Buffer.isBuffer(data)) return;
    this.context.counters.bytesReceived += data.length;
    const message = isBinary ? undefined : this.open(data.toString());
    if (message === undefined) this.rejectFrame();
    else this.hear(message);
  }

  pong(data: Buffer): void {
    if (!this.socket.isOpen()) return;
    this.context.counters.pings += 1;
    if (this.context.arrivals.meet('ping') !== undefined) return;
    this.socket.pong(data);
    this.socket.cutOffDeaf();
  }

  suffer(mode: OutageMode): void {
    if (!this.socket.isOpen()) return;
    const { outages } = this.context.counters;
    if (mode === 'down' || mode === 'silent') outages.questionsLost += this.stopAnswers();
    if (mode !== 'down') return;
    outages.socketsReset += 1;
    this.socket.reset();
  }

  end(code: number): void {
    const { counters, outages } = this.context;
    this.stopAnswers();
    outages.leave(this);
    counters.open -= 1;
    tally(counters.closes, code);
  }

  /** Returns how many of the answers stopped would have been counted. */
  private stopAnswers(): number {
    const sound = [...this.playbacks.values()].filter((counts) => counts).length;
    for (const playback of this.playbacks.keys()) playback.stop();
    this.playbacks.clear();
    return sound;
  }

  private open(frame: string): string | undefined {
    try {
      return this.context.codec.open(frame);
    } catch {
      return undefined;
    }
  }

  private rejectFrame(): void {
    this.context.counters.badFrames += 1;
    this.socket.end(1008, 'The frame could not be opened.');
  }

  private hear(message: string): void {
    const { arrivals, counters, outages } = this.context;
    counters.questions += 1;
    const question = readQuestion(message);
    const outage = outages.current()?.mode;
    if (question !== undefined && outage !== 'error' && outage !== 'silent') {
      this.answer(question, arrivals.meet('answer'));
      return;
    }
    arrivals.count('answer');
    if (question === undefined) this.refuseQuestion();
    else if (outage === 'error') this.overload(question);
    else counters.outages.questionsLost += 1;
  }

  private overload({ id }: Question): void {
    this.context.counters.outages.questionsRefused += 1;
    this.sendOverloaded(id);
  }

  private refuseQuestion(): void {
    this.context.counters.badQuestions += 1;
    this.sendError(null, 'bad_question', 'A question has type "question", an id and a text.');
  }

  private answer({ id }: Question, fault: ChatbotFault | undefined): void {
    const { settings, counters } = this.context;
    const steps = stepsOf(chunksOf(id, counters.questions, settings.chunks), fault);
    if (steps.length === 0) return;
    const counts = fault === undefined || fault === 'answer-late';
    const playback = new Playback(steps, settings.gapMs, this.prepare, () => {
      this.playbacks.delete(playback);
      if (counts && this.socket.isOpen()) counters.answers += 1;
    });
    this.playbacks.set(playback, counts);
    playback.start(this.firstDelay() + this.outageDelay() + (fault === 'answer-late' ? LATE_MS : 0));
  }

  private outageDelay(): number {
    const outage = this.context.outages.current();
    if (outage?.mode !== 'slow') return 0;
    this.context.counters.outages.questionsDelayed += 1;
    return outage.delayMs;
  }

  private firstDelay(): number {
    const { settings, counters } = this.context;
    const { delays, firstChunkMs, capacity, overloadMs } = settings;
    const planned = delays[(counters.questions - 1) % delays.length] ?? firstChunkMs;
    return planned + overloadDelay(counters.open, capacity, overloadMs);
  }

  private readonly prepare = (step: Step): (() => void) => {
    if (step.do === 'close')
      return () => this.socket.end(step.code, 'This is a fault, asked for at the start.');
    if (step.do === 'reset') return () => this.socket.reset();
    if (step.do === 'send-error') return () => this.sendOverloaded(step.id);
    const frame = this.frameOf(step);
    return () => this.sendChunk(frame);
  };

  private frameOf(step: ChunkStep): string {
    const { codec, settings } = this.context;
    switch (step.do) {
      case 'send':
        return codec.seal(JSON.stringify(step.chunk));
      case 'send-corrupt':
        return corruptFrame(codec.seal(JSON.stringify(step.chunk)), settings.encryption);
      case 'send-garbage':
        return codec.seal(GARBAGE);
      case 'send-short':
        return SHORT_FRAME;
    }
  }

  private sendOverloaded(id: string): void {
    this.sendError(id, 'overloaded', 'The server has too much to do; ask again later.');
  }

  private sendError(id: string | null, code: string, message: string): void {
    this.send(this.context.codec.seal(JSON.stringify({ type: 'error', id, code, message })));
  }

  private sendChunk(frame: string): void {
    if (!this.socket.isOpen()) return;
    this.context.counters.chunks += 1;
    this.send(frame);
  }

  private send(frame: string): void {
    if (!this.socket.isOpen()) return;
    this.context.counters.bytesSent += Buffer.byteLength(frame);
    this.socket.send(frame);
    this.socket.cutOffDeaf();
  }
}
