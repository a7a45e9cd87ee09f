/** The code that reads a path of a parsed message. Pure. */
import { quoted } from './term.ts';

/** Reads paths as the messages of a talk have them. */
export interface Access {
  value(path: string): string;
  /** Text, id and number, or `undefined`. */
  text(path: string): string;
  id(path: string): string;
  number(path: string): string;
}

/** Of the record `message`. */
export const ofMessage: Access = {
  value: (path) => (path.includes('.') ? `valueAt(message, ${quoted(path)})` : `message[${quoted(path)}]`),
  text: (path) => `textField(message, ${quoted(path)})`,
  id: (path) => `idField(message, ${quoted(path)})`,
  number: (path) => `numberField(message, ${quoted(path)})`,
};

/** Of the unknown value `data` of an event; paths begin with `data`. */
export const ofData: Access = {
  value: (path) => (path === 'data' || path === 'event' ? path : `valueAt(data, ${quoted(below(path))})`),
  text: (path) =>
    path === 'data'
      ? "(typeof data === 'string' ? data : undefined)"
      : `textField(data, ${quoted(below(path))})`,
  id: (path) => `idField(data, ${quoted(below(path))})`,
  number: (path) => `numberField(data, ${quoted(below(path))})`,
};

function below(path: string): string {
  return path.replace(/^data\./, '');
}
