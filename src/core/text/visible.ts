/**
 * Characters that nobody sees or that turn the direction of what follows: controls, format characters, halves of pairs, separators of lines,
 * what a font may leave out (Default_Ignorable_Code_Point of Unicode), and signs that are drawn as nothing.
 */
const unseen = String.raw`[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{DI}\u{2800}\u{fffc}\u{13441}\u{13442}\u{16fe4}\u{1d159}]`;
/** Blanks that are not the one of every keyboard. */
const blanks = String.raw`[\p{Zs}--\u{20}]`;
/** Emoji that are joined of several characters, some of which are unseen alone (Unicode Technical Standard 51, section 1.4.9). */
const picture = String.raw`\p{ExtPict}\p{EMod}?\u{fe0f}?`;
const joined = String.raw`\u{1f3f4}[\u{e0030}-\u{e007a}]{1,8}\u{e007f}|${picture}(?:\u{200d}${picture}){0,9}|[0-9#*]\u{fe0f}?\u{20e3}`;

const inText = new RegExp(`(?<emoji>${joined})|${unseen}`, 'gv');
const inNames = new RegExp(`(?<emoji>${joined})|[${unseen}${blanks}]`, 'gv');
const oneEmoji = /^\p{RGI_Emoji}$/v;

/**
 * A name (of a branch, tag, person, file …) in which every character can be seen: the others are written as `\u{202e}`. Emoji stay, where
 * Unicode recommends their form.
 */
export function visibleName(name: string): string {
  return name.replace(inNames, (found, emoji?: string) => (emoji !== undefined && isEmoji(emoji) ? emoji : written(found)));
}

function isEmoji(joinedOnes: string): boolean {
  return joinedOnes.length <= 2 || oneEmoji.test(joinedOnes);
}

/** The same of running text, in which every blank is one, line ends stay, and all emoji do. */
export function visibleText(text: string): string {
  return text
    .replace(/[\t\p{Zs}]/gu, ' ')
    .replace(inText, (found, emoji?: string) => (emoji !== undefined || found === '\n' ? found : written(found)));
}

/** Running text on one line, with single blanks between its words. */
export function visibleLine(text: string): string {
  return visibleText(text.replace(/[\t\n\v\f\r\u0085\u2028\u2029\p{Zs}]+/gu, ' ').replace(/^ | $/g, ''));
}

/** Characters as JavaScript and Rust write them; one that can be seen stays. */
function written(characters: string): string {
  return characters.replace(unseenOrBlank, (one) => `\\u{${one.codePointAt(0)?.toString(16)}}`);
}

const unseenOrBlank = new RegExp(`[${unseen}${blanks}]`, 'gv');
