import { waitFor } from '@shop/testing';

it('gives the first truthy value', async () => {
  let calls = 0;
  const result = await waitFor(async () => ++calls >= 3 && `after ${calls}`);
  expect(result).toBe('after 3');
});

it('takes an error for "not yet"', async () => {
  let calls = 0;
  const failingOnce = () => {
    if (++calls < 2) throw new Error('too early');
    return calls;
  };
  expect(await waitFor(failingOnce)).toBe(2);
});

it('tells what it waited for, and the last error', async () => {
  const failing = () => expect({ status: 'pending' }).toEqual({ status: 'completed' });
  await expect(waitFor(failing, { timeoutMs: 40, what: 'the order' })).rejects.toThrow(
    /Waited 40 ms in vain for the order: [\s\S]*completed/,
  );
  await expect(waitFor(() => 0, { timeoutMs: 40 })).rejects.toThrow(/in vain for the condition$/);
});
