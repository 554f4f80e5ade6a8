import { currentUser, invalidInput } from '@shop/service-kit';
import { type Request, Router } from 'express';
import type { OrderRepository } from '../db/order-repository.ts';
import { lastEventIdSchema } from '../schemas/requests.ts';
import { GetOrder } from '../services/order.service.ts';
import type { OrderStreams } from '../services/order-streams.ts';
import { viewHistoryEntry } from '../services/order-view.ts';
import { createEventStream } from './event-stream.ts';
import { refuseImpossible } from './order-number.ts';

export function orderEventsRoutes(orders: OrderRepository, streams: OrderStreams): Router {
  const router = Router();
  router.param('orderNumber', refuseImpossible);

  router.get('/orders/:orderNumber/events', async (req, res) => {
    const after = lastEventId(req);
    const user = currentUser(res);
    const order = await GetOrder(req.params.orderNumber, orders, user);
    // Gone while we looked: nobody would ever say so again.
    if (res.destroyed) return;
    const stream = createEventStream(res);
    if (req.method === 'HEAD') {
      stream.open();
      return stream.close();
    }
    const leave = streams.follow({
      orderId: order.id,
      userId: user.id,
      after,
      isOver: order.status === 'cancelled',
      endsAt: user.exp * 1000,
      listener: {
        entry: (entry) => stream.send({ id: entry.id, event: 'status', data: viewHistoryEntry(entry) }),
        heartbeat: () => stream.comment('still here'),
        end: (reason) => {
          stream.send({ event: 'end', data: { reason } });
          stream.close();
        },
      },
    });
    res.once('close', leave);
    stream.open();
  });

  return router;
}

const wellFormed = new RegExp(lastEventIdSchema.pattern);

function lastEventId(req: Request): number {
  const id = req.get('last-event-id');
  if (id === undefined) return 0;
  if (wellFormed.test(id)) return Number(id);
  throw invalidInput([{ field: 'Last-Event-ID', message: 'must be the id of an event of this stream' }]);
}
