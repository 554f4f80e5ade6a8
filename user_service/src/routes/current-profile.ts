import { currentUser } from '@shop/service-kit';
import type { RequestHandler, Response } from 'express';
import type { Profile, UserRepository } from '../db/user-repository.ts';
import { problem } from '../problems.ts';
import { findCaller } from '../services/profile.ts';

/** Behind `requireUser`: lets only callers pass who still are what their token says. */
export const requireCurrent =
  (users: UserRepository): RequestHandler =>
  async (_req, res, next) => {
    res.locals['profile'] = await findCaller(currentUser(res), users);
    next();
  };

/** The caller, on a route behind {@link requireCurrent}. */
export const currentProfile = (res: Response) => res.locals['profile'] as Profile;

/** Behind {@link requireCurrent}: lets no guests pass. */
export const requireAccount: RequestHandler = (_req, res, next) => {
  if (currentProfile(res).role === 'guest') throw problem('account-required');
  next();
};
