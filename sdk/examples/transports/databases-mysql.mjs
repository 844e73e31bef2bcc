import { correlation } from '@threadline/sdk';
import mysql from 'mysql2/promise';

const pool = mysql.createPool(process.env.MYSQL_URL);
await correlation.run('order-9', async () => {
  const [rows] = await pool.execute('SELECT CAST(? AS SIGNED) + 1 AS next', [41]); // bound values are never read
  console.log(rows[0].next); // 42
});
await pool.end();
