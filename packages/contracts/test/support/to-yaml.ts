const lineWidth = 110;

/** A JSON value as YAML that people read: block style, quotes only where they are needed, long texts folded. */
export function toYaml(value: unknown): string {
  return `${blockLines(value).join('\n')}\n`;
}

function blockLines(value: unknown): string[] {
  return Array.isArray(value)
    ? value.flatMap(itemLines)
    : Object.entries(value as object).flatMap(memberLines);
}

function itemLines(item: unknown): string[] {
  if (!isBlock(item)) return [`- ${inline(item)}`];
  const [first = '', ...rest] = blockLines(item);
  return [`- ${first}`, ...indented(rest)];
}

function memberLines([key, value]: [string, unknown]): string[] {
  const name = /^[\w$-]+$/.test(key) ? key : JSON.stringify(key);
  if (value === undefined) return [];
  if (isBlock(value)) return [`${name}:`, ...indented(blockLines(value))];
  const line = `${name}: ${inline(value)}`;
  // A text of many lines or of one long one; `>-` folds the lines back into one.
  if (typeof value !== 'string' || line.length < lineWidth - 20) return [line];
  return [`${name}: >-`, ...indented(folded(value))];
}

const indented = (lines: readonly string[]) => lines.map((line) => (line === '' ? '' : `  ${line}`));

/** Short lists and what is empty stand on one line. */
function isBlock(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) return false;
  return !(Array.isArray(value) && value.every((item) => typeof item !== 'object'));
}

function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(scalar).join(', ')}]`;
  return typeof value === 'object' ? JSON.stringify(value) : scalar(value);
}

function scalar(value: unknown): string {
  const isPlain =
    typeof value === 'string' && /^(?!(?:true|false|null|yes|no|on|off)$)[A-Za-z][\w/ .-]*$/i.test(value);
  return isPlain ? value : JSON.stringify(value);
}

function folded(text: string): string[] {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + word.length > lineWidth - 20) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}
