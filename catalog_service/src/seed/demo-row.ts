/** Name, price in minor units, stock, tags, description. */
export type DemoRow = readonly [string, number, number, string, string];
