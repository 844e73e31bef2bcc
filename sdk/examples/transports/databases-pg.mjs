import { correlation } from '@threadline/sdk';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.POSTGRES_URL });
await correlation.run('order-9', async () => {
  const { rows } = await pool.query('SELECT $1::int + 1 AS next', [41]); // bound values are never read
  console.log(rows[0].next); // 42
});
await pool.end();
