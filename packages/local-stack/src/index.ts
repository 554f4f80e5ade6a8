export { checkThisShop } from './doctor/check.ts';
export { readStackSettings, type StackSettings } from './settings.ts';
export { createStack, type Stack, type StackOptions } from './stack.ts';
