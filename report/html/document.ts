/** The frame of a page: its head, its style, what it may load, which is nothing. Pure. */
import type { ChartCode } from './charts/chartCode.ts';
import { embeddedJson, html, trusted, type Content, type Html } from './escape.ts';
import { STYLE } from './style.ts';

/** A whole page that needs no network; with `charts` and their `data` also what makes drawings live. */
export function htmlDocument(
  title: string,
  body: readonly Content[],
  charts: ChartCode | undefined,
  data: unknown,
): string {
  const policy = `default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; script-src ${
    charts === undefined ? "'none'" : `'${charts.hash}'`
  }`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${trusted(policy)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>${title.trim()}</title>
        <style>
          ${trusted(STYLE)}${charts && trusted(charts.style)}
        </style>
      </head>
      <body>
        <main>
          ${body}
          <footer>
            Made by Crescendo from the evidence of the run. Times are those that the load generator measured.
          </footer>
        </main>
        ${charts && scripts(charts, data)}
      </body>
    </html> `.text;
}

/** Not a template: the hash of the script counts every character. */
function scripts({ script }: ChartCode, data: unknown): Html {
  const json = `<script type="application/json" id="data">${embeddedJson(data).text}</script>`;
  return trusted(`${json}<script>${script}</script>`);
}
