/** A service that asks another one, at PAYMENTS. */
import express from 'express';

const app = express();
app.get('/orders/:id', async (request, response) => {
  const charge = await fetch(`${process.env.PAYMENTS}/charges/${request.params.id}`);
  response.status(charge.status).json(await charge.json());
});
const server = app.listen(0, '127.0.0.1', () => process.send?.(`http://127.0.0.1:${server.address().port}`));
