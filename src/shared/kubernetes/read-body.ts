import type http from 'node:http';

/** The whole body of a response: JSON, or the text where a proxy in between answers in its own words. */
export async function readBody(response: http.IncomingMessage): Promise<unknown> {
  let text = '';
  response.setEncoding('utf8');
  for await (const part of response) text += String(part);
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
