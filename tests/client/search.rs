//! Full-text search, compared with PostgreSQL's `@@` without an index and with BM25 computed in SQL.

use std::collections::BTreeMap;

use ntsb_tests::cli::load;
use ntsb_tests::database::Database;
use ntsb_tests::fixture;
use postgres::Client;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

fn database_with_search_index() -> Database {
    let database = Database::with_sample();
    database.execute("CALL ntsb_refresh_search()");
    database
}

/// Event, rank and the page cursor after it.
type Hits = Vec<(String, f64, String)>;

fn search(client: &mut Client, query: &str, rows: i32, page: Option<&str>) -> Hits {
    let sql = "SELECT ev_id, rank, next_page FROM ntsb_search($1, max_rows => $2, page => $3)";
    let result = client.query(sql, &[&query, &rows, &page]);
    let hits = result.unwrap_or_else(|e| panic!("{query:?}: {e:?}"));
    hits.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect()
}

/// Words of reports and names, common and rare. Some are English stop words.
const WORDS: &[&str] = &[
    "pilot",
    "landing",
    "engine",
    "failure",
    "the",
    "runway",
    "Cessna",
    "cessnas",
    "fuel",
    "Piper",
    "wind",
    "gear",
    "172",
    "PA-28",
    "helicopter",
    "maintain",
    "stalled",
    "of",
    "mountainous",
    "witness",
    "N123AB",
    "zebra",
    "Beech",
    "control",
    "Creek",
    "power",
    "don't",
    "night",
];

#[derive(Debug, Clone)]
struct SearchQuery {
    text: String,
    /// The words and phrases that a document must contain, without the excluded ones.
    positive_terms: Vec<String>,
}

fn any_search_query() -> impl Strategy<Value = SearchQuery> {
    let word = || prop::sample::select(WORDS);
    let single_word = word().prop_map(|w| (w.to_owned(), true));
    let phrase = prop::collection::vec(word(), 2..4)
        .prop_map(|words| (format!("\"{}\"", words.join(" ")), true));
    let excluded_word = word().prop_map(|w| (format!("-{w}"), false));
    let excluded_phrase = (word(), word()).prop_map(|(a, b)| (format!("-\"{a} {b}\""), false));
    let part = prop_oneof![6 => single_word, 2 => phrase, 1 => excluded_word, 1 => excluded_phrase];
    let parts = prop::collection::vec((part, prop::bool::weighted(0.3)), 1..5);
    parts.prop_map(|parts| {
        let mut query = SearchQuery { text: String::new(), positive_terms: Vec::new() };
        // Adjacent terms belong together: PA-28 172 is one name, as is PA-28-172.
        let mut run = String::new();
        for (at, ((text, is_positive), or)) in parts.into_iter().enumerate() {
            let or = if or { " OR " } else { " " };
            for text in [if at > 0 { or } else { "" }, &text] {
                query.text.push_str(text);
            }
            if !is_positive || at > 0 && or == " OR " {
                query.positive_terms.push(std::mem::take(&mut run));
            }
            if is_positive {
                run = format!("{run} {text}");
            }
        }
        query.positive_terms.push(run);
        query
    })
}

const COUNTS: &str = "
    CREATE TEMP TABLE counts AS
    SELECT d.ev_id, u.lexeme, sum(CASE w WHEN 'A' THEN 3 ELSE 1 END)::float8 AS count
    FROM ntsb.search_document d, unnest(d.words) u, unnest(u.weights) w GROUP BY 1, 2;
    CREATE TEMP TABLE lengths AS SELECT ev_id, sum(count) AS length FROM counts GROUP BY 1;
    CREATE INDEX ON counts (lexeme)";

/// The textbook formula of BM25, for the documents that match with `@@`.
const BM25_QUERY: &str = "
    WITH total AS (SELECT count(*)::float8 AS n, avg(length) AS average FROM lengths),
    worth AS (
        SELECT lexeme, ln(1 + (n - count(*) + 0.5) / (count(*) + 0.5)) AS worth
        FROM counts, total WHERE lexeme = ANY ($2)
        GROUP BY lexeme, n)
    SELECT d.ev_id, coalesce(sum(worth * count * 2.2
               / (count + 1.2 * (0.25 + 0.75 * length / average))), 0)::float8
    FROM total, ntsb.search_document d JOIN lengths USING (ev_id)
    LEFT JOIN (counts JOIN worth USING (lexeme)) USING (ev_id)
    WHERE d.words @@ ntsb_search_query($1) GROUP BY 1";

/// The lexemes of search queries.
const LEXEMES: &str = r"
    SELECT DISTINCT replace(m[1], '''''', '''')
    FROM unnest($1::text[]) q, regexp_matches(ntsb_search_query(q)::text, '''((?:[^'']|'''')*)''', 'g') m";

#[test]
fn search_finds_the_matching_events_in_bm25_order() {
    let database = database_with_search_index();
    let mut client = database.connect();
    client.batch_execute(COUNTS).unwrap();
    let mut runner = TestRunner::deterministic();
    let (strategy, mut total_hits, mut without_hits) = (any_search_query(), 0, 0);
    for _ in 0..150 {
        let query = strategy.new_tree(&mut runner).unwrap().current();
        let positive_terms: Vec<String> = client
            .query(LEXEMES, &[&query.positive_terms])
            .unwrap()
            .iter()
            .map(|row| row.get(0))
            .collect();
        let expected = client.query(BM25_QUERY, &[&query.text, &positive_terms]).unwrap();
        let expected: BTreeMap<String, f64> =
            expected.iter().map(|row| (row.get(0), row.get(1))).collect();
        let hits = search(&mut client, &query.text, 10_000, None);
        let ranks: BTreeMap<String, f64> = hits.iter().map(|f| (f.0.clone(), f.1)).collect();
        assert_eq!(ranks.len(), hits.len(), "{query:?}");
        assert!(ranks.keys().eq(expected.keys()), "{query:?}");
        // A query of stop words alone is ranked by the words of names, so BM25_QUERY gives 0.
        for (ev_id, rank) in ranks.iter().filter(|_| !expected.values().all(|r| *r == 0.0)) {
            assert!((rank - expected[ev_id]).abs() < 1e-9, "{query:?} {ev_id}: {rank}");
        }
        assert!(hits.is_sorted_by(|a, b| (a.1, &a.0) > (b.1, &b.0)), "{query:?}");
        total_hits += hits.len();
        without_hits += usize::from(hits.is_empty());
    }
    assert!(
        total_hits > 10_000 && without_hits < 75,
        "{total_hits} hits, {without_hits} queries without hits"
    );
}

#[test]
fn filters_match_conditions_on_the_tables() {
    let database = database_with_search_index();
    let mut client = database.connect();
    let condition =
        "e.ev_year BETWEEN 1990 AND 2012 AND e.ev_state IN ('CA', 'TX', 'AK') AND e.is_domestic
        AND e.severity IN ('NONE', 'MINR') AND e.acft_make = 'Cessna'";
    let sql = format!(
        "SELECT count(*), count(*) FILTER (WHERE {condition})
         FROM ntsb_search('pilot OR cessna', 1990, 2012, '{{CA,tx,AK}}', 'CESSNA', '{{NONE,minr}}', true, 10000) f
         JOIN ntsb.accidents e USING (ev_id)"
    );
    let row = client.query_one(&sql, &[]).unwrap();
    let sql = format!(
        "SELECT count(*) FROM ntsb.accidents e JOIN ntsb.search_document d USING (ev_id)
         WHERE {condition} AND d.words @@ 'pilot | cessna'"
    );
    let expected: i64 = client.query_one(&sql, &[]).unwrap().get(0);
    assert!(expected > 5, "{expected}");
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1)), (expected, expected));
    for arguments in ["first_year => 2200", "states => '{}'", "make => 'Zeppelin'"] {
        let sql = format!("SELECT count(*) FROM ntsb_search('pilot', {arguments})");
        assert_eq!(client.query_one(&sql, &[]).unwrap().get::<_, i64>(0), 0, "{arguments}");
    }
}

#[test]
fn no_search_text_is_an_error() {
    let database = database_with_search_index();
    let mut client = database.connect();
    let all_characters: String = (1..2000).filter_map(char::from_u32).collect();
    let long = ["x", "pilot ", "\"", "-", "\" -", "( ", "OR ", "' ", "é", "<->", "\\", ":* ", "!"];
    let mut inputs: Vec<String> =
        long.iter().map(|part| part.repeat(1_000_000 / part.len())).collect();
    inputs.extend(
        [
            "",
            " ",
            "the of and",
            "-",
            "\"",
            "\"\"",
            "OR",
            "OR OR",
            "-the",
            "--",
            "a & | b !",
            "'",
            "\\",
            "<2>",
            "x:*",
            "pilot:A",
            "\"pilot",
            "pilot\" landing",
            "-\"",
            "http://x.y/z?a=b&c='",
            "\u{0}1",
        ]
        .map(|s| s.replace('\u{0}', "\u{1}")),
    );
    inputs.push(all_characters);
    let mut runner = TestRunner::deterministic();
    let random = "[\\PC\\n\"'\\\\&|!<>():*-]{0,60}";
    inputs.extend((0..300).map(|_| random.new_tree(&mut runner).unwrap().current()));
    for input in &inputs {
        let sql = "SELECT count(*) FROM ntsb_search($1, max_rows => 3)";
        let shortened: String = input.chars().take(100).collect();
        client.query_one(sql, &[input]).unwrap_or_else(|e| panic!("{shortened:?}: {e:?}"));
    }
    let none: i64 = client.query_one("SELECT count(*) FROM ntsb_search(NULL)", &[]).unwrap().get(0);
    assert_eq!(none, 0);
}

#[test]
fn pages_are_consecutive_and_do_not_overlap() {
    let database = database_with_search_index();
    let mut client = database.connect();
    for query in ["pilot landing", "\"landing roll\"", "-zebra", "engine OR zebra"] {
        let all_hits = search(&mut client, query, 500, None);
        assert!(all_hits.len() > 40, "{query}: {}", all_hits.len());
        let (mut pages, mut cursor): (Hits, Option<String>) = (Vec::new(), None);
        while pages.len() < all_hits.len().min(100) {
            let page = search(&mut client, query, 7, cursor.as_deref());
            assert!(!page.is_empty(), "{query}");
            cursor = page.last().map(|row| row.2.clone());
            pages.extend(page);
        }
        assert_eq!(pages, all_hits[..pages.len().min(all_hits.len())], "{query}");
    }
    let invalid = client.query("SELECT * FROM ntsb_search('x', page => 'y')", &[]);
    assert_eq!(invalid.unwrap_err().code().map(|c| c.code()), Some("22023"));
}

/// All columns of the results of some searches and of similar accidents, as text.
fn search_results(database: &Database) -> Vec<String> {
    let queries = ["pilot", "landing gear", "\"loss of control\"", "cessna -fuel", "Creek OR 172"];
    let mut results: Vec<String> = database.query_column(
        "SELECT format('%s: %s', q, to_jsonb(f))
         FROM unnest($1::text[]) q, ntsb_search(q, max_rows => 300) f",
        &[&queries.as_slice()],
    );
    results.extend(database.query_column::<String>(
        "SELECT format('%s: %s', e.ev_id, to_jsonb(f))
         FROM (SELECT ev_id FROM ntsb.search_document ORDER BY ev_id DESC LIMIT 30) e,
              ntsb_similar_accidents(e.ev_id, 20) f",
        &[],
    ));
    assert!(results.len() > 1000, "{}", results.len());
    results
}

#[test]
fn a_refreshed_index_gives_the_results_of_a_new_one() {
    let database = database_with_search_index();
    let before = search_results(&database);
    load(&database, &[], &fixture("up08NOV.zip"));
    database.execute("CALL ntsb_refresh_search()");
    let refreshed = search_results(&database);
    assert!(refreshed != before);
    let segments: i64 = database.count_rows("ntsb.search_segment");
    assert!(segments > 1, "{segments}");
    database.execute(
        "DO $$ DECLARE id text := (SELECT max(ev_id) FROM ntsb.search_document); BEGIN
             PERFORM ntsb_internal.remove_search_documents(ARRAY[id]); PERFORM ntsb_internal.add_search_documents(ARRAY[id]);
         END $$",
    );
    assert!(search_results(&database) == refreshed, "indexing an event again changes a result");
    database.execute("CALL ntsb_rebuild_search()");
    assert_eq!(database.count_rows("ntsb.search_segment"), 1);
    let rebuilt = search_results(&database);
    for (refreshed, rebuilt) in refreshed.iter().zip(&rebuilt) {
        assert_eq!(refreshed, rebuilt);
    }
    assert_eq!(refreshed.len(), rebuilt.len());
    let current_events: i64 = database.count_rows("ntsb.events WHERE withdrawn_batch IS NULL");
    assert_eq!(database.count_rows("ntsb.search_document"), current_events);
}

#[test]
fn a_dump_includes_the_index() {
    let original = database_with_search_index();
    let restored = original.dump_and_restore();
    assert!(search_results(&original) == search_results(&restored));
}

#[test]
fn a_concurrent_refresh_is_skipped_and_a_search_writes_nothing() {
    let database = database_with_search_index();
    let (mut first, mut second) = (database.connect(), database.connect());
    let state = "SELECT last_seq, refreshed_at::text FROM ntsb.refresh_state WHERE what = 'search'";
    let before: (i64, String) = {
        let row = first.query_one(state, &[]).unwrap();
        (row.get(0), row.get(1))
    };
    let mut open = first.transaction().unwrap();
    open.batch_execute("CALL ntsb_refresh_search()").unwrap();
    second.batch_execute("SET lock_timeout = '5s'; CALL ntsb_refresh_search()").unwrap();
    let row = second.query_one(state, &[]).unwrap();
    assert_eq!((row.get::<_, i64>(0), row.get::<_, String>(1)), before);
    open.commit().unwrap();
    let mut reading = second.build_transaction().read_only(true).start().unwrap();
    for sql in [
        "SELECT count(*) FROM ntsb_search('pilot landing')",
        "SELECT count(*) FROM ntsb_similar_accidents((SELECT max(ev_id) FROM ntsb.search_document))",
    ] {
        assert!(reading.query_one(sql, &[]).unwrap().get::<_, i64>(0) > 0, "{sql}");
    }
    let has_written = "SELECT pg_current_xact_id_if_assigned() IS NOT NULL";
    assert!(!reading.query_one(has_written, &[]).unwrap().get::<_, bool>(0));
}

#[test]
fn similar_accidents_share_words_or_facts() {
    let database = database_with_search_index();
    let mut client = database.connect();
    let ids: Vec<String> = database.query_column(
        "SELECT ev_id FROM ntsb.search_document WHERE ev_id LIKE '%7' ORDER BY 1 LIMIT 60",
        &[],
    );
    assert!(ids.len() > 30);
    for id in &ids {
        let sql =
            "SELECT s.ev_id, s.score, s.shared_words, s.shared_facts, d.facts @> s.shared_facts,
                          o.facts @> s.shared_facts,
                          tsvector_to_array(d.words) @> s.shared_words
                          AND tsvector_to_array(o.words) @> s.shared_words
                   FROM ntsb_similar_accidents($1, 15) s
                   JOIN ntsb.search_document d ON d.ev_id = s.ev_id
                   JOIN ntsb.search_document o ON o.ev_id = $1";
        let rows = client.query(sql, &[id]).unwrap();
        assert_eq!(rows.len(), 15, "{id}");
        let mut last = (1.0 + 1e-9, String::from("~"));
        for row in rows {
            let this: (f64, String) = (row.get(1), row.get(0));
            assert!(this < last && this.0 > 0.0 && this.1 != *id, "{id}: {this:?}");
            assert!((4..7).all(|column| row.get::<_, bool>(column)), "{id}: {this:?}");
            let (words, facts): (Vec<String>, Vec<String>) = (row.get(2), row.get(3));
            assert!(!words.is_empty() || !facts.is_empty(), "{id}: {this:?}");
            last = this;
        }
    }
    let unknown = client.query("SELECT * FROM ntsb_similar_accidents('nobody')", &[]).unwrap();
    assert!(unknown.is_empty());
}
