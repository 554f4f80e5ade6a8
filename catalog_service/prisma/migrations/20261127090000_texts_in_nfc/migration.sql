-- Texts were kept as they came: é composed and é decomposed were two categories that look the same. New ones are composed
-- before they are written; this composes the others, and tells those who keep a copy (a search index). Not of deleted
-- products: the event would raise the dead.
WITH composed AS (
  UPDATE products p SET
    name = normalize(name),
    description = normalize(description),
    category = normalize(category),
    tags = ARRAY(
      SELECT normalize(tag) FROM unnest(p.tags) WITH ORDINALITY AS given (tag, nth) GROUP BY 1 ORDER BY min(nth)
    ),
    revision = revision + 1,
    version = version + 1,
    updated_at = now()
  WHERE deleted_at IS NULL
    AND (name || ' ' || description || ' ' || coalesce(category, '') || ' ' || join_texts(tags)) IS NOT NORMALIZED
  RETURNING *, gen_random_uuid()::text AS event_id
)
INSERT INTO outbox (event_id, topic, key, type, headers, payload)
SELECT event_id, 'ProductEvents', id::text, 'PRODUCT_UPSERTED',
  jsonb_build_object(
    'content-type', 'application/json',
    'ce_specversion', '1.0',
    'ce_id', event_id,
    'ce_type', 'PRODUCT_UPSERTED',
    'ce_source', 'catalog_service',
    'ce_time', to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'ce_dataschema', 'urn:shop:event:PRODUCT_UPSERTED:1'
  ),
  jsonb_build_object(
    'id', id, 'name', name, 'description', description, 'price', price, 'currency', currency, 'stock', stock,
    'category', category, 'tags', to_jsonb(tags), 'imageUrl', image_url, 'revision', revision, 'version', version,
    'createdAt', to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'updatedAt', to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
  )
FROM composed ORDER BY id;
