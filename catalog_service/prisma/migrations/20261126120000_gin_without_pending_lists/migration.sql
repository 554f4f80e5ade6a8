-- New entries waited in a list until the next vacuum. Every search read that list from end to end, and when it was long,
-- as after an import, PostgreSQL rather went through all products for each typed word.
ALTER INDEX products_search_document SET (fastupdate = off);
ALTER INDEX products_name_words SET (fastupdate = off);
ALTER INDEX products_tags SET (fastupdate = off);
ALTER INDEX search_words_alike SET (fastupdate = off);
SELECT gin_clean_pending_list(name::regclass)
FROM unnest(ARRAY['products_search_document', 'products_name_words', 'products_tags', 'search_words_alike']) AS name;
