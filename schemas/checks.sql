-- The invariants of a copydesk dataset, for DuckDB. Generated with the closed lists of the program: do not edit.
--
-- Run from inside the dataset folder:   duckdb -c ".read checks.sql"
-- Every SELECT below is one check. It returns (check_name, id, detail) for each row that breaks the invariant,
-- so a sound dataset prints nothing but empty results. `copydesk validate` checks the same and more.

CREATE OR REPLACE TEMP VIEW articles AS
    SELECT * FROM read_parquet('articles/*.parquet', filename = 'file_name', file_row_number = true);
CREATE OR REPLACE TEMP VIEW removals AS
    SELECT * FROM read_parquet('removals/*.parquet', filename = 'file_name', file_row_number = true);
CREATE OR REPLACE TEMP VIEW rejects AS
    SELECT * FROM read_parquet('rejects.parquet', filename = 'file_name', file_row_number = true);

-- Characters that are not white space, by the Unicode property White_Space.
CREATE OR REPLACE TEMP MACRO solid(t) AS
    length(regexp_replace(t, '[\x{9}-\x{D}\x{20}\x{85}\x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}]', '', 'g'));

-- What the removals of one dump add up to.
CREATE OR REPLACE TEMP VIEW sums AS
    SELECT id,
           coalesce(sum(solid(text)) FILTER (action = 'drop'), 0) AS dropped,
           coalesce(sum(solid(text)) FILTER (action = 'lift'), 0) AS lifted,
           coalesce(sum(solid(coalesce(replacement, '')) - solid(text)) FILTER (action = 'repair'), 0) AS repaired
    FROM removals GROUP BY id;

-- Ids -----------------------------------------------------------------------------------------------------------

SELECT 'ids_unique' AS check_name, id, 'stands ' || count(*) || ' times' AS detail
FROM (SELECT id FROM articles UNION ALL SELECT id FROM rejects) GROUP BY id HAVING count(*) > 1;

SELECT 'id_shape' AS check_name, id, 'not 32 hex digits' AS detail
FROM (SELECT id FROM articles UNION ALL SELECT id FROM rejects)
WHERE id IS NULL OR NOT regexp_full_match(id, '[0-9a-f]{32}');

SELECT 'removal_has_a_dump' AS check_name, id, 'neither article nor reject' AS detail
FROM (SELECT DISTINCT id FROM removals) AS r
WHERE NOT EXISTS (SELECT 1 FROM articles AS a WHERE a.id = r.id)
  AND NOT EXISTS (SELECT 1 FROM rejects AS j WHERE j.id = r.id);

-- Text ----------------------------------------------------------------------------------------------------------

SELECT 'text_not_empty' AS check_name, id, 'empty text' AS detail
FROM articles WHERE text IS NULL OR solid(text) = 0;

SELECT 'char_count' AS check_name, id, char_count || ' is said, ' || length(text) || ' found' AS detail
FROM articles WHERE char_count <> length(text);

SELECT 'paragraph_count' AS check_name, id,
       paragraph_count || ' is said, ' || len(string_split(text, chr(10) || chr(10))) || ' in text, '
           || len(paragraph_kinds) || ' in paragraph_kinds' AS detail
FROM articles
WHERE paragraph_count <> len(string_split(text, chr(10) || chr(10))) OR paragraph_count <> len(paragraph_kinds);

-- Sums, in characters that are not white space ------------------------------------------------------------------

SELECT 'layout_sum' AS check_name, id,
       layout_chars || ' laid out, ' || kept_chars || ' kept + ' || dropped_chars || ' dropped + '
           || lifted_chars || ' lifted' AS detail
FROM articles WHERE layout_chars <> kept_chars + dropped_chars + lifted_chars;

SELECT 'dropped_sum' AS check_name, id, dropped_chars || ' is said, ' || coalesce(dropped, 0) || ' in removals' AS detail
FROM articles LEFT JOIN sums USING (id) WHERE dropped_chars <> coalesce(dropped, 0);

SELECT 'lifted_sum' AS check_name, id, lifted_chars || ' is said, ' || coalesce(lifted, 0) || ' in removals' AS detail
FROM articles LEFT JOIN sums USING (id) WHERE lifted_chars <> coalesce(lifted, 0);

SELECT 'kept_sum' AS check_name, id,
       solid(text) || ' in text, ' || kept_chars || ' kept, ' || coalesce(repaired, 0) || ' added by repairs' AS detail
FROM articles LEFT JOIN sums USING (id) WHERE solid(text) <> kept_chars + coalesce(repaired, 0);

-- Spans ---------------------------------------------------------------------------------------------------------

SELECT 'span_length' AS check_name, id, 'seq ' || seq || ': the span is not as long as its text' AS detail
FROM removals
WHERE start_byte < 0 OR start_char < 0 OR end_byte <= start_byte OR end_char <= start_char
   OR end_byte - start_byte <> strlen(text) OR end_char - start_char <> length(text);

SELECT 'spans_disjoint' AS check_name, id, 'seq ' || seq || ' begins before the one in front of it ends' AS detail
FROM (SELECT id, seq, start_byte, start_char,
             lag(end_byte) OVER w AS last_byte, lag(end_char) OVER w AS last_char
      FROM removals WINDOW w AS (PARTITION BY id ORDER BY seq))
WHERE start_byte < last_byte OR start_char < last_char;

SELECT 'seq_counts_up' AS check_name, id, 'rows of one dump stand apart, or seq does not count up from 0' AS detail
FROM (SELECT id, seq, row_number() OVER (ORDER BY file_name, file_row_number) AS place FROM removals)
GROUP BY id HAVING min(seq) <> 0 OR min(place - seq) <> max(place - seq);

-- Order of rows -------------------------------------------------------------------------------------------------

SELECT 'articles_order' AS check_name, id, source_path || ' stands after ' || before AS detail
FROM (SELECT id, source_path, lag(source_path) OVER (PARTITION BY split ORDER BY file_name, file_row_number) AS before
      FROM articles)
WHERE source_path < before;

SELECT 'rejects_order' AS check_name, id, source_path || ' stands after ' || before AS detail
FROM (SELECT id, source_path, lag(source_path) OVER (ORDER BY file_row_number) AS before FROM rejects)
WHERE source_path < before;

SELECT 'split_is_the_file' AS check_name, id, split || ' in ' || file_name AS detail
FROM articles WHERE NOT contains(file_name, '/' || split || '-') AND NOT starts_with(file_name, split || '-');

-- Codes and closed lists ----------------------------------------------------------------------------------------

SELECT 'language' AS check_name, id, language AS detail
FROM articles WHERE NOT regexp_full_match(language, '[a-z]{3}');

SELECT 'language_script' AS check_name, id, language_script AS detail
FROM articles WHERE NOT regexp_full_match(language_script, '[A-Z][a-z]{3}');

SELECT 'original_language' AS check_name, id, original_language AS detail
FROM articles WHERE NOT regexp_full_match(original_language, '[a-z]{3}');

SELECT 'source_sha256' AS check_name, id, source_sha256 AS detail
FROM (SELECT id, source_sha256 FROM articles UNION ALL SELECT id, source_sha256 FROM rejects)
WHERE NOT regexp_full_match(source_sha256, '[0-9a-f]{64}');

SELECT 'source_format' AS check_name, id, source_format AS detail
FROM articles WHERE source_format NOT IN ('text', 'html', 'jsonl', 'csv', 'parquet', 'warc', 'wet');

SELECT 'paragraph_kinds' AS check_name, id, kind AS detail
FROM (SELECT id, unnest(paragraph_kinds) AS kind FROM articles)
WHERE kind IS NULL OR kind NOT IN ('body', 'heading', 'quote', 'list', 'table', 'code', 'verse', 'correction');

SELECT 'flags' AS check_name, id, flag AS detail
FROM (SELECT id, unnest(flags) AS flag FROM articles)
WHERE flag IS NULL OR flag NOT IN ('doubled_title', 'doubled_body', 'homoglyph_fixed', 'mojibake_fixed', 'conflicting_dates',
    'over_removal', 'too_deep', 'bad_encoding', 'guessed_encoding', 'too_many_blocks', 'stray_script',
    'hidden_text', 'multi_article', 'disclaimer');

SELECT 'split' AS check_name, id, split AS detail
FROM articles WHERE split NOT IN ('train', 'validation', 'test');

SELECT 'kind' AS check_name, id, 'seq ' || seq || ': ' || kind AS detail
FROM removals WHERE kind NOT IN ('body', 'heading', 'subtitle', 'quote', 'correction', 'editor_note', 'title', 'dateline', 'agency',
    'byline', 'published_time', 'photo_credit', 'caption', 'tags', 'counter', 'rights_notice',
    'template_header', 'dump_header', 'breadcrumb', 'site_name', 'tagline', 'navigation',
    'login_prompt', 'comment_prompt', 'comments', 'share_bar', 'newsletter', 'paywall',
    'cookie_notice', 'machine_translation_notice', 'ai_notice', 'copyright', 'related', 'advert',
    'reading_time', 'audio_player', 'tool_buttons', 'app_promo', 'stray_script', 'duplicate_title',
    'duplicate_block', 'embed_placeholder', 'poll', 'widget', 'source_footer', 'pagination', 'contact',
    'disclaimer', 'markup_leftover', 'hidden', 'site_template', 'boilerplate', 'entity', 'zero_width',
    'homoglyph', 'mojibake', 'unicode_form');

SELECT 'action' AS check_name, id, 'seq ' || seq || ': ' || action AS detail
FROM removals WHERE action NOT IN ('drop', 'lift', 'repair');

SELECT 'field' AS check_name, id, 'seq ' || seq || ': ' || action || ' to ' || field AS detail
FROM removals
WHERE field IS NOT NULL AND (action <> 'lift' OR field NOT IN (
    'title', 'subtitle', 'authors', 'agency', 'dateline_place', 'published_at', 'modified_at',
    'section', 'tags', 'captions', 'credits', 'corrections', 'rights_notice', 'site', 'url',
    'original_language'));

SELECT 'replacement' AS check_name, id, 'seq ' || seq || ': ' || action AS detail
FROM removals WHERE (replacement IS NOT NULL) <> (action = 'repair');

SELECT 'code' AS check_name, id, status || ', ' || code AS detail
FROM rejects WHERE (status, code) NOT IN (('rejected', 'empty'), ('rejected', 'not_text'), ('rejected', 'no_content'), ('rejected',
    'too_large'), ('rejected', 'archive_bomb'), ('rejected', 'filtered'), ('rejected', 'duplicate'),
    ('failed', 'unreadable'), ('failed', 'truncated'), ('failed', 'bad_archive'), ('failed',
    'bad_row'), ('failed', 'bug'));

SELECT 'share' AS check_name, id, 'a score or share outside 0..1' AS detail
FROM articles
WHERE language_score NOT BETWEEN 0 AND 1 OR foreign_share NOT BETWEEN 0 AND 1 OR confidence NOT BETWEEN 0 AND 1
UNION ALL
SELECT 'share', id, 'seq ' || seq || ': confidence ' || confidence FROM removals WHERE confidence NOT BETWEEN 0 AND 1;
