import { describe, expect, it } from 'vitest';
import { readSql } from './sql-text.ts';

describe('a SQL text for a span', () => {
  it.each([
    ["SELECT * FROM orders WHERE id = 7 AND name = 'it''s'", 'SELECT * FROM orders WHERE id = ? AND name = ?', 'SELECT orders'],
    [
      'select a.b from shop.orders a join items i on i.id = a.id',
      'select a.b from shop.orders a join items i on i.id = a.id',
      'SELECT shop.orders items',
    ],
    ["INSERT INTO audit SELECT 'x', id FROM orders", 'INSERT INTO audit SELECT ?, id FROM orders', 'INSERT audit SELECT orders'],
    [
      "UPDATE ONLY \"Order Lines\" SET a = E'\\'x', b = $tag$ secret ' $tag$",
      'UPDATE ONLY "Order Lines" SET a = ?, b = ?',
      'UPDATE Order Lines',
    ],
    ['DELETE FROM t1 WHERE x IN (1, 2, 3) -- secret', 'DELETE FROM t1 WHERE x IN (?)', 'DELETE t1'],
    ['SELECT $1::int, :name, -1.5e3, 0xFF /* secret */ FROM t', 'SELECT $1::int, :name, -?, ? FROM t', 'SELECT t'],
    ["SELECT X'0AFF', N'é', TRUE, NULL", 'SELECT ?, ?, ?, NULL', 'SELECT'],
    [
      "INSERT INTO t (a) VALUES ('x') ON CONFLICT (a) DO UPDATE SET a = 'y'",
      'INSERT INTO t (a) VALUES (?) ON CONFLICT (a) DO UPDATE SET a = ?',
      'INSERT t',
    ],
    ['SELECT * FROM t FOR UPDATE', 'SELECT * FROM t FOR UPDATE', 'SELECT t'],
    ['WITH a AS (SELECT 1 FROM b) SELECT * FROM a', 'WITH a AS (SELECT ? FROM b) SELECT * FROM a', 'SELECT b SELECT a'],
    ["SELECT 'an unfinished secret", 'SELECT ?', 'SELECT'],
    ['BEGIN', 'BEGIN', 'BEGIN'],
    ['', '', 'SQL'],
  ])('%s', (sql, text, summary) => {
    expect(readSql(sql)).toMatchObject({ text, summary });
  });

  it.each([
    [
      'SELECT "User"."createdAt" AS "Created.At" FROM "User" WHERE "E Mail" = \'secret\'',
      'SELECT "User"."createdAt" AS "Created.At" FROM "User" WHERE "E Mail" = ?',
      'SELECT ?."createdAt" AS ? FROM "User" WHERE ? = ?',
    ],
    ['SELECT count(*) AS "a ""b""" FROM t', 'SELECT count(*) AS "a ""b""" FROM t', 'SELECT count(*) AS ? FROM t'],
    ['SELECT 1 AS "without an end, secret', 'SELECT ? AS ?', 'SELECT ? AS ?'],
  ])('shows what is in double quotes where it is always a name, else where it can be no text: %s', (sql, names, namesOrTexts) => {
    expect(readSql(sql, 'name').text).toBe(names);
    expect(readSql(sql).text).toBe(namesOrTexts);
    expect(readSql(sql, 'name').summary).toBe(readSql(sql).summary);
  });

  it('names an operation only where there is one', () => {
    expect(readSql('SELECT 1;').operation).toBe('SELECT');
    expect(readSql('SELECT 1; DELETE FROM t').operation).toBeUndefined();
  });

  it('reads a text of a megabyte as far as it is shown, in time', () => {
    const read = readSql(`SELECT * FROM t WHERE a IN (${"'secret', ".repeat(100_000)}1)`);
    expect(read.text.length).toBeLessThan(5000);
    expect(read.text).not.toContain('secret');
  });
});
