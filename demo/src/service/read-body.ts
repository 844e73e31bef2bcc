import { HttpProblem } from './http-service.ts';

/** The fields of a request body or an answer; throws a 400 that names what was expected. */
export function readFields(body: unknown, what: string): Record<string, unknown> {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new HttpProblem(400, 'invalid_body', `${what} must be a JSON object`);
  return { ...body };
}

export function readString(fields: Record<string, unknown>, name: string): string {
  const value = fields[name];
  if (typeof value !== 'string' || value === '') throw new HttpProblem(400, 'invalid_field', `${name} must be a text that is not empty`);
  return value;
}

export function readInteger(fields: Record<string, unknown>, name: string): number {
  const value = fields[name];
  if (typeof value !== 'number' || !Number.isInteger(value)) throw new HttpProblem(400, 'invalid_field', `${name} must be an integer`);
  return value;
}

/** One line of a cart or an order. */
export interface OrderLine {
  readonly sku: string;
  readonly quantity: number;
}

/** At most this many of one product at once; more is a mistake at the keyboard. */
const MAX_QUANTITY = 20;

export function readOrderLines(fields: Record<string, unknown>): OrderLine[] {
  const { lines } = fields;
  if (!Array.isArray(lines) || lines.length === 0) throw new HttpProblem(400, 'invalid_field', 'lines must be a list that is not empty');
  return lines.map((line: unknown) => {
    const lineFields = readFields(line, 'a line');
    const quantity = readInteger(lineFields, 'quantity');
    if (quantity < 1 || quantity > MAX_QUANTITY) throw new HttpProblem(400, 'invalid_field', `quantity must be 1 to ${MAX_QUANTITY}`);
    return { sku: readString(lineFields, 'sku'), quantity };
  });
}
