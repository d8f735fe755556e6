/** Slack's markup for users, channels, groups and links: `<@U1|ada>`, `<#C1|ci>`, `<!subteam^S1|@ops>`, `<http://a.example|a.example>`. */
const entity = /<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>/g;

/** What a person typed, decoded from Slack's markup: ids for people, channels and groups, the visible text for links. */
export function plainText(text: string): string {
  const plain = text.replace(entity, (_whole, sign: string, target: string, label: string | undefined) => {
    if (sign === '@' || sign === '#') return target;
    return sign === '!' ? target.replace(/^subteam\^/, '') : label || target;
  });
  return plain.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&').trim();
}

/** A mention of a person: `<@U1>`, `<@U1|ada>`. */
const mention = /<@([A-Z0-9]+)(?:\|[^<>]*)?>/g;

/** A message that mentions the bot, without that mention; if the bot's user is not known, without the first mention. */
export function withoutMention(text: string, botUser: string | undefined): string {
  let isFirst = true;
  return text.replace(mention, (whole, user: string) => {
    const isBot = botUser === undefined ? isFirst : user === botUser;
    isFirst = false;
    return isBot ? ' ' : whole;
  });
}
