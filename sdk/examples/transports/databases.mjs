import { DatabaseSync } from 'node:sqlite';
import { correlation } from '@threadline/sdk';

const database = new DatabaseSync(':memory:');
database.exec('CREATE TABLE orders (id INTEGER PRIMARY KEY, customer TEXT)'); // start-up: no span

correlation.run('order-9', () => {
  database.prepare('INSERT INTO orders (customer) VALUES (?)').run('ann'); // INSERT orders
  const order = database.prepare("SELECT * FROM orders WHERE customer = 'ann'").get();
  console.log(order.id); // db.query.text: SELECT * FROM orders WHERE customer = ?
});
