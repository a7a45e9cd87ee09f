/** What a Markdown page links to, and what can be linked to in it. */
import MarkdownIt from 'markdown-it';

/** Anchors of headings as GitHub makes them, targets of links and images, inline code. */
export interface MarkdownPage {
  anchors: string[];
  links: string[];
  codes: string[];
}

/** Reads a page; blocks of code have neither links nor inline code. */
export function readPage(text: string): MarkdownPage {
  const tokens = new MarkdownIt().parse(text, {});
  const inline = tokens.flatMap(({ children }) => children ?? []);
  const headings = tokens.flatMap(({ type }, index) =>
    type === 'heading_open' ? [plainText(tokens[index + 1]?.children ?? [])] : [],
  );
  return {
    anchors: anchorsOf(headings),
    links: inline.flatMap((token) => String(token.attrGet('href') ?? token.attrGet('src') ?? '') || []),
    codes: inline.filter(({ type }) => type === 'code_inline').map(({ content }) => content),
  };
}

function plainText(parts: readonly { content: string }[]): string {
  return parts.map(({ content }) => content).join('');
}

/** A heading that comes again gets a number. */
function anchorsOf(headings: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return headings.map((heading) => {
    const anchor = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-');
    const before = seen.get(anchor) ?? 0;
    seen.set(anchor, before + 1);
    return before === 0 ? anchor : `${anchor}-${before}`;
  });
}
