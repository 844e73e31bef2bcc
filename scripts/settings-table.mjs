const START = '<!-- settings:start -->';
const END = '<!-- settings:end -->';

/**
 * A row of the collector's settings, as `SETTINGS` in collector/src/config.ts has them.
 *
 * @typedef {object} SettingRow
 * @property {string} name
 * @property {string | undefined} defaultText
 * @property {string} description
 * @property {string} example
 */

/**
 * The settings as a Markdown table.
 *
 * @param {readonly SettingRow[]} settings
 */
export function settingsTable(settings) {
  const rows = settings.map(({ name, defaultText, description, example }) => {
    const initially = defaultText ? `\`${defaultText}\`` : 'not set';
    return `| \`${name}\` | ${initially} | ${cell(description)} | \`${example}\` |`;
  });
  return ['| setting | default | what it is | as |', '|---|---|---|---|', ...rows].join('\n');
}

/**
 * The text with the table between its markers; undefined when it has no markers. What is outside them stays.
 *
 * @param {string} text
 * @param {string} table
 * @returns {string | undefined}
 */
export function replaceSettings(text, table) {
  const start = text.indexOf(START);
  const end = text.indexOf(END);
  if (start < 0 || end < start) return undefined;
  return `${text.slice(0, start + START.length)}\n\n${table}\n\n${text.slice(end)}`;
}

/**
 * A bar would end the cell.
 *
 * @param {string} text
 */
function cell(text) {
  return text.replaceAll('|', '\\|');
}
