/** Slack's date tokens; https://docs.slack.dev/messaging/formatting-message-text#date-formatting */

type Form = (date: Date, now: Date) => string;

const by =
  (options: Intl.DateTimeFormatOptions): Form =>
  (date) =>
    date.toLocaleString(undefined, options);

const sameDay = (one: Date, other: Date): boolean => one.toDateString() === other.toDateString();

/** `today` and `yesterday` where they fit, else the date in that form. */
const pretty =
  (otherwise: Form): Form =>
  (date, now) => {
    if (sameDay(date, now)) return 'today';
    if (sameDay(date, new Date(now.getTime() - 86_400_000))) return 'yesterday';
    return otherwise(date, now);
  };

const long = by({ weekday: 'long', month: 'long', day: 'numeric', year: 'numeric' });
const usual = by({ month: 'long', day: 'numeric', year: 'numeric' });
const short = by({ month: 'short', day: 'numeric', year: 'numeric' });

const forms: { readonly [token: string]: Form } = {
  date_num: (date) => date.toISOString().slice(0, 10),
  date: usual,
  date_short: short,
  date_long: long,
  date_pretty: pretty(usual),
  date_short_pretty: pretty(short),
  date_long_pretty: pretty(long),
  time: by({ hour: '2-digit', minute: '2-digit' }),
  time_secs: by({ hour: '2-digit', minute: '2-digit', second: '2-digit' }),
};

/** What `<!date^SECONDS^FORMAT|otherwise>` shows in the reader's own time zone; undefined where the seconds are no number. */
export function dateText(seconds: string, format: string, now: Date = new Date()): string | undefined {
  const date = new Date(Number(seconds) * 1000);
  if (seconds === '' || Number.isNaN(date.getTime())) return undefined;
  return format.replaceAll(/\{(\w+)\}/g, (whole, token: string) => forms[token]?.(date, now) ?? whole);
}
