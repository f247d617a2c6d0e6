// A k6 script, to be used with `load.k6` in an experiment. It runs as it is; the experiment's profile says how much.
import { check } from 'k6';
import http from 'k6/http';

export default function () {
  const response = http.post(`${__ENV.BASE_URL}/orders`, JSON.stringify({ item: 'tea', quantity: 2 }), {
    headers: { 'content-type': 'application/json' },
    tags: { name: 'POST /orders' },
  });
  check(response, { 'order accepted': ({ status }) => status === 201 });
}
