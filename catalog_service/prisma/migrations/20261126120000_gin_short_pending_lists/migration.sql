-- New entries wait in a list, 4 MB of them. Every search reads that list from end to end, and when it was long, as after an
-- import, PostgreSQL rather went through all products for each typed word. A short list still
-- lets an import add many entries at a time.
ALTER INDEX products_search_document SET (gin_pending_list_limit = 64);
ALTER INDEX products_name_words SET (gin_pending_list_limit = 64);
ALTER INDEX products_tags SET (gin_pending_list_limit = 64);
ALTER INDEX search_words_alike SET (gin_pending_list_limit = 64);
SELECT gin_clean_pending_list(name::regclass)
FROM unnest(ARRAY['products_search_document', 'products_name_words', 'products_tags', 'search_words_alike']) AS name;
