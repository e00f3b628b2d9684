import { encodePriceBody } from '@tidegauge/protocol';
import { jsonAnswer, polledAnswer } from './answer.ts';
import { healthBody, type ServerView } from './health.ts';
import type { Route } from './router.ts';

/** The REST interface. */
export function restRoutes(view: ServerView): readonly Route[] {
  return [
    {
      path: '/health',
      parameters: null,
      open: true,
      answer: () => {
        const body = healthBody(view);
        return jsonAnswer(body.status === 'draining' ? 503 : 200, JSON.stringify(body));
      },
    },
    {
      path: '/api/v1/price',
      parameters: [],
      answer: ({ ifNoneMatch }) => {
        const price = view.price();
        if (price === null) throw new Error('asked for a price before the stream has started');
        return polledAnswer(encodePriceBody(view.demo, price.timeSec, price.reading), ifNoneMatch);
      },
    },
  ];
}
