-- The expected digests are those of Python: hashlib.sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()
SELECT ntsb_content_hash('{}');
SELECT ntsb_content_hash('{"b": 1, "a": null}') =
       encode(sha256('{"a": null, "b": 1}'), 'hex') AS sorted_and_spaced;
SELECT ntsb_content_hash('{"text": "café \u2019 \ud83d\ude81 \" \n"}') =
       encode(sha256(convert_to('{"text": "caf\u00e9 \u2019 \ud83d\ude81 \" \n"}', 'UTF8')), 'hex')
       AS ascii_only;
SELECT ntsb_content_hash('{"x": [0.1, 1.50, 1e-7, 0.0001, 2.0, 12345678901234567890]}') =
       encode(sha256('{"x": [0.1, 1.5, 1e-07, 0.0001, 2.0, 12345678901234567890]}'), 'hex') AS numbers;
SELECT ntsb_content_hash(NULL) IS NULL AS strict;

-- All golden vectors, passed through jsonb.
\set golden `cat "$PG_ABS_SRCDIR/../golden/content_hash.jsonl"`
SELECT count(*) AS vectors,
       count(*) FILTER (WHERE ntsb_content_hash((line::jsonb ->> 'text')::jsonb) <> line::jsonb ->> 'sha256') AS wrong
FROM regexp_split_to_table(:'golden', E'\n') line WHERE line <> '';
