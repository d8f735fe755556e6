/**
 * Invisible characters and those that change the text direction: controls, format characters, lone surrogates, line separators,
 * what a font may omit (Unicode's Default_Ignorable_Code_Point), and characters with a blank glyph.
 */
const unseen = String.raw`[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{DI}\u{2800}\u{fffc}\u{13441}\u{13442}\u{16fe4}\u{1d159}]`;
/** Spaces other than the ordinary one. */
const blanks = String.raw`[\p{Zs}--\u{20}]`;
/** Emoji composed of several characters, some of which are invisible alone (Unicode Technical Standard 51, section 1.4.9). */
const picture = String.raw`\p{ExtPict}\p{EMod}?\u{fe0f}?`;
const joined = String.raw`\u{1f3f4}[\u{e0030}-\u{e007a}]{1,8}\u{e007f}|${picture}(?:\u{200d}${picture}){0,9}|[0-9#*]\u{fe0f}?\u{20e3}`;

const inText = new RegExp(`(?<emoji>${joined})|${unseen}`, 'gv');
const inNames = new RegExp(`(?<emoji>${joined})|[${unseen}${blanks}]`, 'gv');
const oneEmoji = /^\p{RGI_Emoji}$/v;

/**
 * A name (of a branch, tag, user, file …) in which every character is visible: others are written as `\u{202e}`. Emoji are kept if
 * Unicode recommends their form.
 */
export function visibleName(name: string): string {
  return name.replace(inNames, (found, emoji?: string) => (emoji !== undefined && isEmoji(emoji) ? emoji : written(found)));
}

function isEmoji(joinedOnes: string): boolean {
  return joinedOnes.length <= 2 || oneEmoji.test(joinedOnes);
}

/** The same for running text: every space becomes an ordinary one, line breaks and all emoji are kept. */
export function visibleText(text: string): string {
  return text
    .replace(/[\t\p{Zs}]/gu, ' ')
    .replace(inText, (found, emoji?: string) => (emoji !== undefined || found === '\n' ? found : written(found)));
}

/** Running text on one line, with single spaces between its words. */
export function visibleLine(text: string): string {
  return visibleText(text.replace(/[\t\n\v\f\r\u0085\u2028\u2029\p{Zs}]+/gu, ' ').replace(/^ | $/g, ''));
}

/** Characters escaped as in JavaScript and Rust; visible ones are kept. */
function written(characters: string): string {
  return characters.replace(unseenOrBlank, (one) => `\\u{${one.codePointAt(0)?.toString(16)}}`);
}

const unseenOrBlank = new RegExp(`[${unseen}${blanks}]`, 'gv');
