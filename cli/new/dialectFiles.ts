/** The files that somebody whose back end speaks a shipped dialect begins with: the example of its page. Pure. */
import { wrap } from '../../report/text/wrap.ts';
import type { DialectPage } from './dialectPage.ts';
import { scriptOf, toUp, type NewFiles } from './newFiles.ts';

/** As wide as code is. */
const WIDTH = 110;
/** Where the example makes the protocol. */
const PROTOCOL = /^const protocol\b/m;

/** Makes them; `script`: the example's, `path`: of the page, `up`: the way from the new folder to Crescendo's. */
export function dialectFiles(
  page: DialectPage,
  script: string,
  { name, path, up }: { name: string; path: string; up: string },
): NewFiles {
  const { title, imports, words } = page;
  const head = `What ${name} says on the wire: ${title}, to begin with the example of ${path}. Change what differs.`;
  const { lines, unused } = commented(page);
  const others = unused.map((word) => `${word}: ${words.get(word) ?? ''}`);
  const protocol = [
    ...comment(head, ''),
    ...imports,
    '',
    ...(others.length > 0 ? ['// Left out here:'] : []),
    ...others.flatMap(listed),
    lines.join('\n').replace(PROTOCOL, 'export const protocol'),
    '',
  ];
  return { protocol: toUp(protocol.join('\n'), up), script: withFeatures(scriptOf(script, name, up)) };
}

/** Whoever begins may not know yet what comes. */
function withFeatures(script: string): string {
  return script.replace(
    '  system: chatSystem(protocol),',
    "  // What comes unasked, and several messages in a frame, have metrics of their own: leave out what there is not.\n  system: chatSystem(protocol, ['pushes', 'batches']),",
  );
}

/** The lines of the example, each word of the dialect below what it is, and the words that are not in it. */
function commented({ code, words }: DialectPage): { lines: string[]; unused: string[] } {
  const unused = new Set(words.keys());
  let indent: string | undefined;
  const ownLine = (line: string): string[] => {
    const [, space = '', word = ''] = /^( +)(\w+)[:(,]/.exec(line) ?? [];
    // What is further in has only the same name.
    if (!unused.has(word) || space !== (indent ?? space)) return [line];
    indent = space;
    unused.delete(word);
    return [...comment(words.get(word) ?? '', space), line];
  };
  const lines = code.split('\n');
  const start = lines.findIndex((line) => PROTOCOL.test(line));
  return {
    lines: lines.flatMap((line, index) => (index < start ? [line] : ownLine(line))),
    unused: [...unused],
  };
}

function comment(text: string, indent: string): string[] {
  const sentence = text.charAt(0).toUpperCase() + text.slice(1) + (text.endsWith('.') ? '' : '.');
  return wrap(sentence, WIDTH - indent.length - 3).map((line) => `${indent}// ${line}`);
}

function listed(text: string): string[] {
  return wrap(text, WIDTH - 5).map((line, index) => `// ${index === 0 ? '-' : ' '} ${line}`);
}
