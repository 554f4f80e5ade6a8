import { addressOf, allowScope, currentUser } from '@shop/service-kit';
import { Router } from 'express';
import { createOrderEnding } from '../domain/order-ending.ts';
import type { OrderDeps } from '../services/deps.ts';
import { getOrder } from '../services/order.service.ts';
import type { Follower } from '../services/order-streams.service.ts';
import { maySee, viewHistoryEntry } from '../services/order-view.ts';
import { createEventStream } from './event-stream.ts';
import { refuseImpossible } from './order.routes.ts';
import { parser } from './validation.ts';

const parseLastEventId = parser('LastEventId', 'Last-Event-ID');

/** As long as a timer can be. */
const maxTimerMs = 2_147_483_647;

export function orderStreamRoutes(deps: OrderDeps): Router {
  const router = Router();
  router.param('orderNumber', refuseImpossible);

  router.get('/orders/:orderNumber/events', allowScope('orders:read'), async (req, res) => {
    const lastEntry = Number(parseLastEventId(req.get('last-event-id') ?? '0'));
    const user = currentUser(res);
    const order = await getOrder(String(req.params['orderNumber']), user, deps);
    // Closed meanwhile: `close` would not be emitted again.
    if (res.destroyed) return;
    const stream = createEventStream(res, deps.config.streamHeartbeatMs);
    if (req.method === 'HEAD') {
      stream.open();
      return stream.close();
    }
    const end: Follower['end'] = (reason) => {
      stream.send('end', { reason });
      stream.close();
    };
    const leave = deps.streams.follow({
      orderId: order.id,
      userId: user.id,
      address: addressOf(req),
      isGuest: user.role === 'guest',
      lastEntry,
      ending: createOrderEnding(order.history.filter(({ id }) => id <= lastEntry)),
      send: (entry) => {
        if (maySee(user, entry)) stream.send('status', viewHistoryEntry(entry), entry.id);
      },
      end,
    });
    const expire = () => {
      if (leave()) end('token-expired');
    };
    const expiry = setTimeout(expire, Math.min(user.exp * 1000 - Date.now(), maxTimerMs));
    res.once('close', () => {
      clearTimeout(expiry);
      leave();
    });
    stream.open();
  });

  return router;
}
