-- A misspelt word was compared with the words of every product; now with a vocabulary, in which each stands once.
DROP INDEX products_search_words;
ALTER TABLE products DROP COLUMN search_words;

-- The parser takes "coffee/tea" for a file, "a.b" for a host and "<b>" for a tag: one token, or none at all.
CREATE FUNCTION plain_text(given text) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN translate(given, '/@:._<>&=#', '          ');

-- What names are sorted by: "Éclair" beside "eclair". Compared byte by byte, so that every engine can do the same.
CREATE FUNCTION sort_text(given text) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN lower(regexp_replace(normalize(given, NFKD), '[\u0300-\u036f]', '', 'g'));

DROP INDEX products_name;
DROP INDEX products_search_document;
ALTER TABLE products
  DROP COLUMN search_document,
  ADD COLUMN sort_name text COLLATE "C" GENERATED ALWAYS AS (sort_text(name)) STORED,
  ADD COLUMN search_document tsvector GENERATED ALWAYS AS (
    setweight(to_tsvector('shop_english', plain_text(name)), 'A') ||
    setweight(to_tsvector('shop_english', plain_text(coalesce(category, '') || ' ' || join_texts(tags))), 'B') ||
    setweight(to_tsvector('shop_english', plain_text(description)), 'C')
  ) STORED;
CREATE INDEX products_sort_name ON products (sort_name, id);
CREATE INDEX products_search_document ON products USING gin (search_document);
-- For completions: the words of the name as they are, without stems.
CREATE INDEX products_name_words ON products USING gin (to_tsvector('shop_words', plain_text(name)));

-- Every word that a product ever had. It only grows, so that no two writers wait for each other: whoever takes a
-- word from here must not rely on there being a product with it still.
CREATE TABLE search_words (
  word text COLLATE "C" NOT NULL,
  -- True: of a name, a category or a tag. False: of a description.
  prominent boolean NOT NULL,
  -- What search_document has for the word.
  stem text NOT NULL,
  PRIMARY KEY (word, prominent)
);
CREATE INDEX search_words_alike ON search_words USING gin (word gin_trgm_ops);

CREATE FUNCTION words_to_learn(prominent text, other text) RETURNS SETOF search_words
  LANGUAGE sql STABLE
  BEGIN ATOMIC
    SELECT words.word, words.prominent, stem.lexemes[1]
    FROM (
      SELECT unnest(tsvector_to_array(to_tsvector('shop_words', plain_text(words_to_learn.prominent)))), true
      UNION ALL
      SELECT unnest(tsvector_to_array(to_tsvector('shop_words', plain_text(words_to_learn.other)))), false
    ) AS words (word, prominent)
    CROSS JOIN LATERAL ts_lexize('english_stem', words.word) AS stem (lexemes)
    -- Stop words have no stem, and what is longer is no word.
    WHERE cardinality(stem.lexemes) = 1 AND length(words.word) <= 40
    ORDER BY words.word, words.prominent;
  END;

CREATE FUNCTION learn_search_words() RETURNS trigger
  LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
  BEGIN
    INSERT INTO search_words
    SELECT * FROM words_to_learn(
      NEW.name || ' ' || coalesce(NEW.category, '') || ' ' || join_texts(NEW.tags), NEW.description
    )
    ON CONFLICT DO NOTHING;
    RETURN NULL;
  END
$$;
CREATE TRIGGER products_learn_search_words
  AFTER INSERT OR UPDATE OF name, description, category, tags ON products
  FOR EACH ROW EXECUTE FUNCTION learn_search_words();

INSERT INTO search_words
SELECT DISTINCT words.* FROM products p, words_to_learn(
  p.name || ' ' || coalesce(p.category, '') || ' ' || join_texts(p.tags), p.description
) AS words;
