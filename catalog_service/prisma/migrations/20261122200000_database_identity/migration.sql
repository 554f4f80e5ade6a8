-- Which database this is. Whoever keeps a copy of the products beside it (a search index) tells by it whose they are:
-- ids and versions begin anew in another database, and would be taken for those of this one.
CREATE TABLE database_identity (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  id uuid NOT NULL DEFAULT gen_random_uuid()
);
INSERT INTO database_identity DEFAULT VALUES;
