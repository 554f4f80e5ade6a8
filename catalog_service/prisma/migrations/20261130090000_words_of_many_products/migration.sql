-- An import adds 500 products in a statement, which have most of their words in common: those are stemmed and written once,
-- not once for each product.
CREATE FUNCTION words_to_learn(prominent text[], other text[]) RETURNS SETOF search_words
  LANGUAGE sql STABLE
  BEGIN ATOMIC
    SELECT words.word, words.prominent, stem.lexemes[1]
    FROM (
      SELECT DISTINCT word, true FROM unnest(words_to_learn.prominent) AS texts (folded), unnest(words_of(folded)) AS word
      UNION ALL
      SELECT DISTINCT word, false FROM unnest(words_to_learn.other) AS texts (folded), unnest(words_of(folded)) AS word
    ) AS words (word, prominent)
    CROSS JOIN LATERAL ts_lexize('english_stem', words.word) AS stem (lexemes)
    WHERE cardinality(stem.lexemes) = 1
      AND (octet_length(words.word) = length(words.word) OR NOT is_unspaced(words.word))
    ORDER BY words.word, words.prominent;
  END;

CREATE OR REPLACE FUNCTION learn_search_words() RETURNS trigger
  LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
  BEGIN
    INSERT INTO search_words
    SELECT * FROM words_to_learn(
      ARRAY[NEW.name_key, NEW.category_key] || NEW.tag_keys, ARRAY[fold_text(NEW.description)]
    )
    ON CONFLICT DO NOTHING;
    RETURN NULL;
  END
$$;
DROP FUNCTION words_to_learn(text, text);

CREATE FUNCTION learn_added_search_words() RETURNS trigger
  LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
  BEGIN
    INSERT INTO search_words
    SELECT words.* FROM (
      SELECT array_agg(concat_ws(' ', name_key, category_key, join_texts(tag_keys))) AS prominent,
        array_agg(fold_text(description)) AS other
      FROM added
    ) AS texts, words_to_learn(texts.prominent, texts.other) AS words
    ON CONFLICT DO NOTHING;
    RETURN NULL;
  END
$$;

DROP TRIGGER products_learn_search_words ON products;
CREATE TRIGGER products_learn_search_words
  AFTER UPDATE OF name, description, category, tags ON products
  FOR EACH ROW EXECUTE FUNCTION learn_search_words();
CREATE TRIGGER products_learn_added_search_words
  AFTER INSERT ON products REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION learn_added_search_words();

-- In PL/pgSQL, which spaces a text once, adding a product takes a sixth less; the results are the same. Names with their
-- schema, as a restore has no search_path.
CREATE OR REPLACE FUNCTION label_vector(folded text) RETURNS tsvector
  LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
  DECLARE
    spaced text;
  BEGIN
    IF octet_length(folded) <> length(folded) OR folded ~ '\de\d|[a-z0-9]{41}' THEN
      RETURN catalog.label_words(catalog.words_of(folded));
    END IF;
    spaced := regexp_replace(folded, '[^a-z0-9]+', ' ', 'g');
    RETURN to_tsvector('catalog.shop_labels', spaced) || to_tsvector('pg_catalog.simple', spaced);
  END
$$;

CREATE OR REPLACE FUNCTION description_vector(folded text) RETURNS tsvector
  LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
  BEGIN
    IF octet_length(folded) <> length(folded) OR folded ~ '\de\d|[a-z0-9]{41}' THEN
      RETURN catalog.description_words(catalog.words_of(folded));
    END IF;
    RETURN to_tsvector('catalog.shop_descriptions', regexp_replace(folded, '[^a-z0-9]+', ' ', 'g'));
  END
$$;
DROP FUNCTION is_plain(text);
