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
    expect(readSql(sql, 'sqlite')).toMatchObject({ text, summary });
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
    expect(readSql(sql, 'postgresql').text).toBe(names);
    expect(readSql(sql, 'sqlite').text).toBe(namesOrTexts);
    expect(readSql(sql, 'postgresql').summary).toBe(readSql(sql, 'sqlite').summary);
  });

  it.each([
    [
      'SELECT `Order Lines`.`a``b` FROM `shop`.`Order Lines`',
      'SELECT `Order Lines`.`a``b` FROM `shop`.`Order Lines`',
      'SELECT shop.Order Lines',
    ],
    ['SELECT "secret", \'secret\', "a ""secret""" FROM t', 'SELECT ?, ?, ? FROM t', 'SELECT t'],
    ['SELECT TRIM(BOTH "x" FROM "secret") FROM t', 'SELECT TRIM(BOTH ? FROM ?) FROM t', 'SELECT t'],
    ["SELECT 'a\\\\', 'b\\n\\\"secret', \"it's secret\" FROM t", 'SELECT ?, ?, ? FROM t', 'SELECT t'],
    ['SELECT a # secret\n, b -- secret\n, c --\n, d /* secret */ FROM t', 'SELECT a , b , c , d FROM t', 'SELECT t'],
    ["SELECT 5--'a\nsecret' FROM t", 'SELECT ?--? FROM t', 'SELECT t'],
    ['SELECT /*!40001 SQL_NO_CACHE */ a FROM t', 'SELECT a FROM t', 'SELECT t'],
    ["SELECT _utf8mb4'secret', N'é', x'4D', 0x4D, b'1', TRUE, NULL", 'SELECT _utf8mb4?, ?, ?, ?, ?, ?, NULL', 'SELECT'],
    [
      'SELECT :name, @a := ?, @@autocommit FROM ?? WHERE id IN (?, ?)',
      'SELECT :name, @a := ?, @@autocommit FROM ?? WHERE id IN (?)',
      'SELECT',
    ],
    [
      "INSERT INTO t (a) VALUES ('x') ON DUPLICATE KEY UPDATE a = 'y'",
      'INSERT INTO t (a) VALUES (?) ON DUPLICATE KEY UPDATE a = ?',
      'INSERT t',
    ],
    [
      "SELECT REPLACE(a, 'x', 'y'), TRUNCATE(b, 2), INSERT(c, 1, 2, 'z') FROM t",
      'SELECT REPLACE(a, ?, ?), TRUNCATE(b, ?), INSERT(c, ?, ?, ?) FROM t',
      'SELECT t',
    ],
    ['REPLACE INTO t VALUES (1)', 'REPLACE INTO t VALUES (?)', 'REPLACE t'],
    ['UPDATE LOW_PRIORITY t SET a = 1', 'UPDATE LOW_PRIORITY t SET a = ?', 'UPDATE t'],
    ["GRANT ALL ON shop.* TO 'secret'@'secret' IDENTIFIED BY 'secret'", 'GRANT ALL ON shop.* TO ?@? IDENTIFIED BY ?', 'GRANT'],
  ])('reads MySQL as MySQL does: %s', (sql, text, summary) => {
    expect(readSql(sql, 'mysql')).toMatchObject({ text, summary });
  });

  it.each([
    ['a backslash before a quote, which escapes it unless NO_BACKSLASH_ESCAPES is set', "'it\\'s secret' AND c = 'secret'"],
    ['the same in double quotes', '"it\\"s secret" AND c = "secret"'],
    ['a quote in what only some versions run', "/*!999999 it's */ 'secret'"],
    ['a comment in it', '/*! 1 /* */ 2 # */ "secret"'],
    ['a quote in a hint', "/*+ SET_VAR(a = '*/') */ 'secret'"],
    ['dollars, which are quotes since MySQL 9', "$a$ it's $a$ secret"],
    ['a name without an end', '`secret'],
    ['a string that was cut behind a backslash', "'secret\\"],
  ])('shows nothing of MySQL from where it could be read in two ways: %s', (_what, rest) => {
    expect(readSql(`SELECT a FROM t WHERE b = ${rest}`, 'mysql')).toMatchObject({
      text: 'SELECT a FROM t WHERE b = ?',
      summary: 'SELECT t',
    });
  });

  it('names an operation only where there is one', () => {
    expect(readSql('SELECT 1;', 'sqlite').operation).toBe('SELECT');
    expect(readSql('SELECT 1; DELETE FROM t', 'sqlite').operation).toBeUndefined();
  });

  it('reads a text of a megabyte as far as it is shown, in time', () => {
    const read = readSql(`SELECT * FROM t WHERE a IN (${"'secret', ".repeat(100_000)}1)`, 'sqlite');
    expect(read.text.length).toBeLessThan(5000);
    expect(read.text).not.toContain('secret');
  });
});
