/** What a VU needs only when something fails, or is elsewhere; `lib/vu/rare.ts` loads it then. Pure. */
export { exampleLine, exampleText } from '../words/exampleText.ts';
export { following, refusalText, uselessText } from './restReplies.ts';
export { closeText, lackText, strangeText } from './failureTexts.ts';
