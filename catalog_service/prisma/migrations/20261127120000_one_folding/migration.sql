-- Texts are folded as src/search/folding.ts says, which folds what is searched for; a test compares the two. It is done here,
-- too, so that a row has the right words whoever writes it: an instance of the release before, for one. PL/pgSQL, for
-- that costs less a call than a function in SQL; what is rare is done only where it is.
CREATE FUNCTION fold_text(given text) RETURNS text
  LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
  DECLARE
    folded text;
  BEGIN
    IF octet_length(given) = length(given) THEN
      folded := lower(given COLLATE pg_unicode_fast);
    ELSE
      folded := normalize(regexp_replace(translate(given, '™℠', '®®'), '([¼-¾⅐-⅞↉])', ' \1', 'g'), NFKD);
      folded := regexp_replace(folded, '[\u00ad\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1-\u05c2\u05c4-\u05c5\u05c7\u0600-\u0605\u0610-\u061a\u061c\u0640\u064b-\u065f\u0670\u06d6-\u06dd\u06df-\u06e4\u06e7-\u06e8\u06ea-\u06ed\u070f\u0711\u0730-\u074a\u07eb-\u07f3\u07fd\u0816-\u0819\u081b-\u0823\u0825-\u0827\u0829-\u082d\u0859-\u085b\u0890-\u0891\u0897-\u089f\u08ca-\u08ff\u093c\u094d\u0951-\u0954\u09bc\u09cd\u09fe\u0a3c\u0a4d\u0abc\u0acd\u0afd-\u0aff\u0b3c\u0b4d\u0b55\u0bcd\u0c3c\u0c4d\u0cbc\u0ccd\u0d3b-\u0d3c\u0d4d\u0dca\u0e47-\u0e4c\u0e4e\u0eba\u0ec8-\u0ecc\u0ece\u0f18-\u0f19\u0f35\u0f37\u0f39\u0f3e-\u0f3f\u0f84\u0f86-\u0f87\u0fc6\u1037\u1039-\u103a\u115f-\u1160\u135d-\u135f\u1714-\u1715\u1734\u17b4-\u17b5\u17c9-\u17d3\u17dd\u180b-\u180f\u1939-\u193b\u1a60\u1a75-\u1a7c\u1a7f\u1ab0-\u1add\u1ae0-\u1aeb\u1b34\u1b44\u1b6b-\u1b73\u1baa-\u1bab\u1be6\u1bf2-\u1bf3\u1c37\u1cd0-\u1cd2\u1cd4-\u1ce8\u1ced\u1cf4\u1cf7-\u1cf9\u1dc0-\u1dff\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20d0-\u20f0\u2cef-\u2cf1\u2d7f\u302a-\u302f\u3164\ua66f-\ua672\ua67c-\ua67d\ua6f0-\ua6f1\ua806\ua82c\ua8c4\ua8e0-\ua8f1\ua92b-\ua92d\ua953\ua9b3\ua9c0\uaabf\uaac1\uaaf6\uabec-\uabed\ufb1e\ufe00-\ufe0f\ufe20-\ufe2f\ufeff\uffa0\ufff0-\ufffb\U000101fd\U000102e0\U00010a38-\U00010a3a\U00010a3f\U00010ae5-\U00010ae6\U00010d6a-\U00010d6d\U00010efa-\U00010eff\U00010f46-\U00010f50\U00010f82-\U00010f85\U00011046\U00011070\U0001107f\U000110b9-\U000110ba\U000110bd\U000110cd\U00011133-\U00011134\U00011173\U000111c0\U000111c9-\U000111cc\U00011235-\U00011236\U000112e9-\U000112ea\U0001133b-\U0001133c\U0001134d\U00011366-\U0001136c\U00011370-\U00011374\U000113ce-\U000113d0\U000113d2\U000113e1-\U000113e2\U00011442\U00011446\U0001145e\U000114c2-\U000114c3\U000115bf-\U000115c0\U0001163f\U000116b6-\U000116b7\U0001172b\U00011839-\U0001183a\U0001193d-\U0001193e\U00011943\U000119e0\U00011a33-\U00011a34\U00011a47\U00011a98-\U00011a99\U00011c3f\U00011d42\U00011d44-\U00011d45\U00011d97\U00011f41-\U00011f42\U00011f5a\U00013430-\U00013440\U00013447-\U00013455\U0001612f\U00016af0-\U00016af4\U00016b30-\U00016b36\U00016fe4\U0001bc9d\U0001bca0-\U0001bca3\U0001cf00-\U0001cf2d\U0001cf30-\U0001cf46\U0001d165-\U0001d169\U0001d16d-\U0001d182\U0001d185-\U0001d18b\U0001d1aa-\U0001d1ad\U0001d242-\U0001d244\U0001da00-\U0001da36\U0001da3b-\U0001da6c\U0001da75\U0001da84\U0001da9b-\U0001da9f\U0001daa1-\U0001daaf\U0001e130-\U0001e136\U0001e2ae\U0001e2ec-\U0001e2ef\U0001e4ec-\U0001e4ef\U0001e5ee-\U0001e5ef\U0001e8d0-\U0001e8d6\U0001e944-\U0001e946\U0001e948-\U0001e94a\U000e0000-\U000e0fff]', '', 'g');
      folded := lower(upper(lower(folded COLLATE pg_unicode_fast) COLLATE pg_unicode_fast) COLLATE pg_unicode_fast);
      IF folded ~ '[ςđðøħłŧŋƀƶȼɇɉɍɏƚɨʉǥⱥⱦ⁄٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९æœþ]' THEN
        folded := translate(replace(replace(replace(folded, 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'),
          'ςđðøħłŧŋƀƶȼɇɉɍɏƚɨʉǥⱥⱦ⁄٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९',
          'σddohltnbzcejryliugat/012345678901234567890123456789');
      END IF;
      folded := translate(normalize(folded, NFC), E'\u3099\u309a', '');
    END IF;
    IF folded ~ '  |[\t-\r\u0085\u1680\u2028\u2029]|^ | $' THEN
      folded := btrim(regexp_replace(folded, '[\t-\r \u0085\u1680\u2028\u2029]+', ' ', 'g'), ' ');
    END IF;
    RETURN folded;
  END
$$;

CREATE FUNCTION fold_texts(given text[]) RETURNS text[]
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN ARRAY(SELECT fold_text(text) FROM unnest(given) WITH ORDINALITY AS each (text, place) ORDER BY place);

-- Whether there is any of a script that has no spaces between its words.
CREATE FUNCTION is_unspaced(folded text) RETURNS boolean
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN folded ~ '[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3000-\u9fff\ua960-\ua97f\uac00-\ud7ff\U0001b000-\U0001b16f\U00020000-\U0003ffff]';

CREATE FUNCTION words_of(folded text) RETURNS text[]
  LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
  DECLARE
    -- As is_unspaced(), which a restore may not find by its name.
    unspaced CONSTANT text := '[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3000-\u9fff\ua960-\ua97f\uac00-\ud7ff\U0001b000-\U0001b16f\U00020000-\U0003ffff]';
    runs text := folded;
  BEGIN
    IF runs ~ unspaced THEN
      runs := regexp_replace(runs, '(' || unspaced || '+)', ' \1 ', 'g');
    END IF;
    runs := btrim(regexp_replace(runs, '[^[:alnum:]]+' COLLATE pg_unicode_fast, ' ', 'g'), ' ');
    IF runs !~ (unspaced || '|[^ ]{41}') THEN
      RETURN string_to_array(runs, ' ');
    END IF;
    RETURN ARRAY(
      SELECT CASE WHEN run ~ unspaced THEN substr(run, n, 2) ELSE left(run, 40) END
      FROM string_to_table(runs, ' ') WITH ORDINALITY AS each (run, place)
      CROSS JOIN LATERAL generate_series(1, CASE WHEN run ~ unspaced THEN length(run) ELSE 1 END) AS n
      ORDER BY place, n);
  END
$$;

-- Words are made here and not by a parser: what that takes for a letter, a number or an address is another thing in each
-- database. Of plain words it makes the same, and much faster.
CREATE FUNCTION is_plain(folded text) RETURNS boolean
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN octet_length(folded) = length(folded) AND folded !~ '\de\d|[a-z0-9]{41}';

-- Stems of stop words, too: a name may have no other words.
CREATE TEXT SEARCH DICTIONARY shop_stem (TEMPLATE = snowball, Language = english);
CREATE TEXT SEARCH CONFIGURATION shop_labels (COPY = pg_catalog.simple);
ALTER TEXT SEARCH CONFIGURATION shop_labels ALTER MAPPING FOR asciiword, numword, uint WITH shop_stem;
CREATE TEXT SEARCH CONFIGURATION shop_descriptions (COPY = pg_catalog.simple);
ALTER TEXT SEARCH CONFIGURATION shop_descriptions ALTER MAPPING FOR asciiword, numword, uint WITH english_stem;

-- Stems, and then the words themselves.
CREATE FUNCTION label_words(words text[]) RETURNS tsvector
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN (
    SELECT coalesce(string_agg(concat((ts_lexize('shop_stem', word))[1], ':', place, ' ',
      word, ':', cardinality(words) + place), ' '), '')::tsvector
    FROM unnest(words) WITH ORDINALITY AS each (word, place)
  );

CREATE FUNCTION label_vector(folded text) RETURNS tsvector
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN CASE WHEN is_plain(folded)
    THEN to_tsvector('shop_labels', regexp_replace(folded, '[^a-z0-9]+', ' ', 'g')) || to_tsvector('simple', regexp_replace(folded, '[^a-z0-9]+', ' ', 'g'))
    ELSE label_words(words_of(folded)) END;

-- Without stop words: nearly every description has them.
CREATE FUNCTION description_words(words text[]) RETURNS tsvector
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN (
    SELECT coalesce(string_agg(concat(stem.lexemes[1], ':', place), ' '), '')::tsvector
    FROM unnest(words) WITH ORDINALITY AS each (word, place)
    CROSS JOIN LATERAL ts_lexize('english_stem', word) AS stem (lexemes)
    WHERE cardinality(stem.lexemes) = 1
  );

CREATE FUNCTION description_vector(folded text) RETURNS tsvector
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN CASE WHEN is_plain(folded) THEN to_tsvector('shop_descriptions', regexp_replace(folded, '[^a-z0-9]+', ' ', 'g'))
    ELSE description_words(words_of(folded)) END;

-- What a typed word is looked up by: its parts, one after the other. A single character of a script without spaces begins
-- a word.
CREATE FUNCTION phrase_of(typed text) RETURNS text
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN CASE WHEN length(typed) = 1 AND is_unspaced(typed) THEN typed || ':*' ELSE (
    SELECT string_agg((ts_lexize('shop_stem', part))[1], ' <-> ' ORDER BY place)
    FROM string_to_table(typed, ' ') WITH ORDINALITY AS parts (part, place)
  ) END;

-- The release before searches the same column, and finds in it nearly all that it did.
ALTER TABLE products
  ALTER COLUMN search_document SET EXPRESSION AS (
    setweight(label_vector(fold_text(name)), 'A') ||
    setweight(label_vector(fold_text(coalesce(category, '') || ' ' || join_texts(tags))), 'B') ||
    setweight(description_vector(fold_text(description)), 'C')
  ),
  ADD COLUMN name_key text COLLATE "C" GENERATED ALWAYS AS (fold_text(name)) STORED,
  ADD COLUMN category_key text COLLATE "C" GENERATED ALWAYS AS (fold_text(category)) STORED,
  ADD COLUMN tag_keys text[] GENERATED ALWAYS AS (fold_texts(tags)) STORED;

-- What names are sorted by: without accents and capitals, as ICU does for every language that has no order of its own.
CREATE COLLATION name_order (provider = icu, locale = 'und-u-ks-level1', deterministic = false);

-- Those of category, tags, sort_name and to_tsvector('shop_words', …) are for the release before; the next drops them.
CREATE INDEX products_name_order ON products (name COLLATE name_order, name COLLATE "C", id) WHERE deleted_at IS NULL;
CREATE INDEX products_name_key ON products (name_key, id) WHERE deleted_at IS NULL;
CREATE INDEX products_category_key ON products (category_key, id) WHERE deleted_at IS NULL;
CREATE INDEX products_tag_keys ON products USING gin (tag_keys) WITH (gin_pending_list_limit = 64);

-- Takes folded texts now. Words of scripts without spaces are no words that could be misspelt.
CREATE OR REPLACE FUNCTION words_to_learn(prominent text, other text) RETURNS SETOF search_words
  LANGUAGE sql STABLE
  BEGIN ATOMIC
    SELECT words.word, words.prominent, stem.lexemes[1]
    FROM (
      SELECT unnest(words_of(words_to_learn.prominent)), true
      UNION ALL SELECT unnest(words_of(words_to_learn.other)), false
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
      NEW.name_key || ' ' || coalesce(NEW.category_key, '') || ' ' || join_texts(NEW.tag_keys),
      fold_text(NEW.description)
    )
    ON CONFLICT DO NOTHING;
    RETURN NULL;
  END
$$;

INSERT INTO search_words
SELECT DISTINCT words.* FROM products p, words_to_learn(
  p.name_key || ' ' || coalesce(p.category_key, '') || ' ' || join_texts(p.tag_keys), fold_text(p.description)
) AS words
ON CONFLICT DO NOTHING;
