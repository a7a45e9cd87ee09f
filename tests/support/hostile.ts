/** Texts as a server might send that wants to do harm where its words are shown. */

/** Spreadsheet formula, HTML, XML, Markdown, links, mentions, terminal escapes, marks of direction, half characters. */
export const HOSTILE =
  "=cmd|' /C calc'!A0 <script>alert(1)</script><img src=x onerror=alert(1)> \"q\" 'a' & ]]> <!-- --> | a,b; `x` ``` " +
  '[l](http://evil.example) ![i](http://evil.example/i.png) <http://evil.example> http://evil.example www.evil.example ' +
  '@team #1 :smile: $x^2$ **b** _i_ ~~s~~ \u001b]0;own\u0007\u001b[31mred\u009b2J\b\r\n# head\n- item\t\u202eabc\u200b\ud800 \u0000 end';

/** Characters that a terminal obeys or that hide what stands there; line feeds are no harm. */

export const STEERING =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;
