//! Search by words against what PostgreSQL finds without an index, and against BM25 by hand.

use std::collections::BTreeMap;

use ntsb_tests::database::Database;
use ntsb_tests::fixture;
use ntsb_tests::ntsb::load;
use postgres::Client;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

fn searchable() -> Database {
    let database = Database::with_sample();
    database.execute("CALL ntsb_refresh_search()");
    database
}

/// Event, rank and the place after it.
type Found = Vec<(String, f64, String)>;

fn search(client: &mut Client, query: &str, rows: i32, page: Option<&str>) -> Found {
    let sql = "SELECT ev_id, rank, next_page FROM ntsb_search($1, max_rows => $2, page => $3)";
    let found = client.query(sql, &[&query, &rows, &page]);
    let found = found.unwrap_or_else(|e| panic!("{query:?}: {e:?}"));
    found.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect()
}

/// Words of reports and names, common and rare, some of which English leaves out.
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
struct Asked {
    text: String,
    /// The words and phrases that are looked for, not those that must be absent.
    wanted: Vec<String>,
}

fn asked() -> impl Strategy<Value = Asked> {
    let word = || prop::sample::select(WORDS);
    let plain = word().prop_map(|w| (w.to_owned(), true));
    let phrase = prop::collection::vec(word(), 2..4)
        .prop_map(|words| (format!("\"{}\"", words.join(" ")), true));
    let minus = word().prop_map(|w| (format!("-{w}"), false));
    let absent = (word(), word()).prop_map(|(a, b)| (format!("-\"{a} {b}\""), false));
    let part = prop_oneof![6 => plain, 2 => phrase, 1 => minus, 1 => absent];
    let parts = prop::collection::vec((part, prop::bool::weighted(0.3)), 1..5);
    parts.prop_map(|parts| {
        let mut asked = Asked { text: String::new(), wanted: Vec::new() };
        // Names run together: PA-28 172 is one, as is PA-28-172.
        let mut run = String::new();
        for (at, ((text, is_wanted), or)) in parts.into_iter().enumerate() {
            let or = if or { " OR " } else { " " };
            for text in [if at > 0 { or } else { "" }, &text] {
                asked.text.push_str(text);
            }
            if !is_wanted || at > 0 && or == " OR " {
                asked.wanted.push(std::mem::take(&mut run));
            }
            if is_wanted {
                run = format!("{run} {text}");
            }
        }
        asked.wanted.push(run);
        asked
    })
}

const COUNTS: &str = "
    CREATE TEMP TABLE counts AS
    SELECT d.ev_id, u.lexeme, sum(CASE w WHEN 'A' THEN 3 ELSE 1 END)::float8 AS count
    FROM ntsb.search_document d, unnest(d.words) u, unnest(u.weights) w GROUP BY 1, 2;
    CREATE TEMP TABLE lengths AS SELECT ev_id, sum(count) AS length FROM counts GROUP BY 1;
    CREATE INDEX ON counts (lexeme)";

/// BM25 as the books write it, over what `@@` finds.
const BY_HAND: &str = "
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

/// The lexemes that queries look for.
const LEXEMES: &str = r"
    SELECT DISTINCT replace(m[1], '''''', '''')
    FROM unnest($1::text[]) q, regexp_matches(ntsb_search_query(q)::text, '''((?:[^'']|'''')*)''', 'g') m";

#[test]
fn it_finds_what_the_query_matches_in_the_order_of_bm25() {
    let database = searchable();
    let mut client = database.connect();
    client.batch_execute(COUNTS).unwrap();
    let mut runner = TestRunner::deterministic();
    let (all, mut hits, mut nothing) = (asked(), 0, 0);
    for _ in 0..150 {
        let asked = all.new_tree(&mut runner).unwrap().current();
        let wanted: Vec<String> =
            client.query(LEXEMES, &[&asked.wanted]).unwrap().iter().map(|row| row.get(0)).collect();
        let expected = client.query(BY_HAND, &[&asked.text, &wanted]).unwrap();
        let expected: BTreeMap<String, f64> =
            expected.iter().map(|row| (row.get(0), row.get(1))).collect();
        let found = search(&mut client, &asked.text, 10_000, None);
        let ranks: BTreeMap<String, f64> = found.iter().map(|f| (f.0.clone(), f.1)).collect();
        assert_eq!(ranks.len(), found.len(), "{asked:?}");
        assert!(ranks.keys().eq(expected.keys()), "{asked:?}");
        // A query of nothing but what English leaves out ranks by the words of names.
        for (ev_id, rank) in ranks.iter().filter(|_| !expected.values().all(|r| *r == 0.0)) {
            assert!((rank - expected[ev_id]).abs() < 1e-9, "{asked:?} {ev_id}: {rank}");
        }
        assert!(found.is_sorted_by(|a, b| (a.1, &a.0) > (b.1, &b.0)), "{asked:?}");
        hits += found.len();
        nothing += usize::from(found.is_empty());
    }
    assert!(hits > 10_000 && nothing < 75, "{hits} hits, {nothing} times none");
}

#[test]
fn filters_narrow_to_what_the_tables_say() {
    let database = searchable();
    let mut client = database.connect();
    let fits =
        "e.ev_year BETWEEN 1990 AND 2012 AND e.ev_state IN ('CA', 'TX', 'AK') AND e.is_domestic
        AND e.severity IN ('NONE', 'MINR') AND e.acft_make = 'Cessna'";
    let sql = format!(
        "SELECT count(*), count(*) FILTER (WHERE {fits})
         FROM ntsb_search('pilot OR cessna', 1990, 2012, '{{CA,tx,AK}}', 'CESSNA', '{{NONE,minr}}', true, 10000) f
         JOIN ntsb.accidents e USING (ev_id)"
    );
    let row = client.query_one(&sql, &[]).unwrap();
    let sql = format!(
        "SELECT count(*) FROM ntsb.accidents e JOIN ntsb.search_document d USING (ev_id)
         WHERE {fits} AND d.words @@ 'pilot | cessna'"
    );
    let expected: i64 = client.query_one(&sql, &[]).unwrap().get(0);
    assert!(expected > 5, "{expected}");
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1)), (expected, expected));
    for nothing in ["first_year => 2013, last_year => 1990", "states => '{}'", "make => 'Zeppelin'"]
    {
        let sql = format!("SELECT count(*) FROM ntsb_search('pilot', {nothing})");
        assert_eq!(client.query_one(&sql, &[]).unwrap().get::<_, i64>(0), 0, "{nothing}");
    }
}

#[test]
fn whatever_is_typed_is_no_error() {
    let database = searchable();
    let mut client = database.connect();
    let junk: String = (1..2000).filter_map(char::from_u32).collect();
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
    inputs.push(junk);
    let mut runner = TestRunner::deterministic();
    let random = "[\\PC\\n\"'\\\\&|!<>():*-]{0,60}";
    inputs.extend((0..300).map(|_| random.new_tree(&mut runner).unwrap().current()));
    for input in &inputs {
        let sql = "SELECT count(*) FROM ntsb_search($1, max_rows => 3)";
        let cut: String = input.chars().take(100).collect();
        client.query_one(sql, &[input]).unwrap_or_else(|e| panic!("{cut:?}: {e:?}"));
    }
    let none: i64 = client.query_one("SELECT count(*) FROM ntsb_search(NULL)", &[]).unwrap().get(0);
    assert_eq!(none, 0);
}

#[test]
fn pages_follow_one_another_without_repeats() {
    let database = searchable();
    let mut client = database.connect();
    for query in ["pilot landing", "\"landing roll\"", "-zebra", "engine OR zebra"] {
        let whole = search(&mut client, query, 500, None);
        assert!(whole.len() > 40, "{query}: {}", whole.len());
        let (mut pages, mut place): (Found, Option<String>) = (Vec::new(), None);
        while pages.len() < whole.len().min(100) {
            let page = search(&mut client, query, 7, place.as_deref());
            assert!(!page.is_empty(), "{query}");
            place = page.last().map(|row| row.2.clone());
            pages.extend(page);
        }
        assert_eq!(pages, whole[..pages.len().min(whole.len())], "{query}");
    }
    let wrong = client.query("SELECT * FROM ntsb_search('x', page => 'y')", &[]);
    assert_eq!(wrong.unwrap_err().code().map(|c| c.code()), Some("22023"));
}

/// Everything that search says to some questions, snippets and likeness included.
fn answers(database: &Database) -> Vec<String> {
    let queries = ["pilot", "landing gear", "\"loss of control\"", "cessna -fuel", "Creek OR 172"];
    let mut all: Vec<String> = database.column(
        "SELECT format('%s: %s', q, to_jsonb(f))
         FROM unnest($1::text[]) q, ntsb_search(q, max_rows => 300) f",
        &[&queries.as_slice()],
    );
    all.extend(database.column::<String>(
        "SELECT format('%s: %s', e.ev_id, to_jsonb(f))
         FROM (SELECT ev_id FROM ntsb.search_document ORDER BY ev_id DESC LIMIT 30) e,
              ntsb_similar_accidents(e.ev_id, 20) f",
        &[],
    ));
    assert!(all.len() > 1000, "{}", all.len());
    all
}

#[test]
fn an_index_that_followed_changes_answers_like_a_new_one() {
    let database = searchable();
    let before = answers(&database);
    load(&database, &[], &fixture("up08NOV.zip"));
    database.execute("CALL ntsb_refresh_search()");
    let followed = answers(&database);
    assert!(followed != before);
    let parts: i64 = database.count("ntsb.search_segment");
    assert!(parts > 1, "{parts}");
    database.execute(
        "DO $$ DECLARE id text := (SELECT max(ev_id) FROM ntsb.search_document); BEGIN
             PERFORM ntsb_internal.remove_search_documents(ARRAY[id]); PERFORM ntsb_internal.add_search_documents(ARRAY[id]);
         END $$",
    );
    assert!(answers(&database) == followed, "taking an event up again changes an answer");
    database.execute("CALL ntsb_rebuild_search()");
    assert_eq!(database.count("ntsb.search_segment"), 1);
    let anew = answers(&database);
    for (followed, anew) in followed.iter().zip(&anew) {
        assert_eq!(followed, anew);
    }
    assert_eq!(followed.len(), anew.len());
    let stands: i64 = database.count("ntsb.events WHERE withdrawn_batch IS NULL");
    assert_eq!(database.count("ntsb.search_document"), stands);
}

#[test]
fn a_dump_brings_the_index_along() {
    let original = searchable();
    let restored = original.restored();
    assert!(answers(&original) == answers(&restored));
}

#[test]
fn a_refresh_that_runs_is_a_notice_and_a_search_writes_nothing() {
    let database = searchable();
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
    let wrote = "SELECT pg_current_xact_id_if_assigned() IS NOT NULL";
    assert!(!reading.query_one(wrote, &[]).unwrap().get::<_, bool>(0));
}

#[test]
fn what_is_alike_says_why() {
    let database = searchable();
    let mut client = database.connect();
    let ids: Vec<String> = database.column(
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
    let nobody = client.query("SELECT * FROM ntsb_similar_accidents('nobody')", &[]).unwrap();
    assert!(nobody.is_empty());
}
