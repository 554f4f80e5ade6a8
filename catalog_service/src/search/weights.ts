/**
 * How much a found word counts in each part of a product, in relation to the others: the one place for all search
 * engines. `labels` are the category and the tags. Elasticsearch needs no new index when they change.
 */
export const weights = { name: 10, labels: 4, description: 1 } as const;

/** What a word counts that is only similar to the typed one: misspelt or unfinished. */
export const similarShare = 0.6;
