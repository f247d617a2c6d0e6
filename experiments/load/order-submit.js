// Submits an order and reads it back. It runs with k6 alone too: k6 run -e BASE_URL=http://127.0.0.1:18080 order-submit.js
import { check } from 'k6';
import http from 'k6/http';

const base = __ENV.BASE_URL;
const json = { 'Content-Type': 'application/json' };

export default function submitAndRead() {
  const submitted = http.post(`${base}/orders`, JSON.stringify({ item: 'tea', quantity: 2 }), {
    headers: json,
    tags: { name: 'POST /orders' },
  });
  const accepted = check(submitted, { 'the order is accepted': ({ status }) => status === 201 });
  if (!accepted) return;
  // All orders count as one endpoint, whatever their ids.
  const read = http.get(`${base}/orders/${submitted.json('id')}`, { tags: { name: 'GET /orders/:id' } });
  check(read, {
    'the order is as it was submitted': ({ status, body }) =>
      status === 200 && JSON.parse(body).item === 'tea',
  });
}
