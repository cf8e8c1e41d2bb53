use super::compose;

const OLD: &str = "
/* header; with a semicolon */
CREATE SCHEMA ntsb_internal;
CREATE FUNCTION same(a integer) RETURNS integer LANGUAGE sql AS $$ SELECT 1; $$;
CREATE FUNCTION body(a integer DEFAULT (1 + 2), b text = ',') RETURNS integer LANGUAGE sql AS $$ SELECT 1 $$;
CREATE FUNCTION result(a integer) RETURNS TABLE (x integer) LANGUAGE sql AS $x$ SELECT ';' $x$;
COMMENT ON FUNCTION result(integer) IS 'it''s; one';
CREATE FUNCTION gone(a double precision[], b numeric(3, 1) DEFAULT 1) RETURNS integer LANGUAGE sql AS 'SELECT 1';
";

#[test]
fn an_unchanged_installer_repeats_only_what_is_not_a_function() {
    let script = compose(OLD, OLD).unwrap();
    assert_eq!(script.lines().count(), 3, "{script}");
    assert!(!script.contains("FUNCTION same"), "{script}");
}

#[test]
fn a_new_body_is_replaced_in_place() {
    let script = compose(OLD, &OLD.replace("SELECT 1 $$", "SELECT 2 $$")).unwrap();
    assert!(script.contains("CREATE OR REPLACE FUNCTION body("), "{script}");
    assert!(!script.contains("DROP"), "{script}");
}

#[test]
fn a_function_that_is_gone_is_dropped_by_its_arguments_without_defaults() {
    let new: String =
        OLD.lines().filter(|l| !l.contains(" gone(")).map(|l| format!("{l}\n")).collect();
    let script = compose(OLD, &new).unwrap();
    assert!(
        script.contains("DROP FUNCTION gone(a double precision [ ], b numeric ( 3 , 1 ));"),
        "{script}"
    );
    assert!(script.contains("DROP %s %s"), "{script}");
    assert!(!script.contains("CREATE OR REPLACE FUNCTION"), "{script}");
}

#[test]
fn another_result_drops_and_creates_the_function_and_its_comment() {
    let script = compose(OLD, &OLD.replace("TABLE (x integer)", "TABLE (x bigint)")).unwrap();
    let [drop, create, comment] = [
        "DROP FUNCTION result(a integer);",
        "CREATE OR REPLACE FUNCTION result(",
        "COMMENT ON FUNCTION result",
    ]
    .map(|text| script.find(text).unwrap_or_else(|| panic!("{text} is missing: {script}")));
    assert!(drop < create && create < comment, "{script}");
}

#[test]
fn a_default_that_changes_is_another_declaration() {
    let script = compose(OLD, &OLD.replace("b text = ','", "b text = ';'")).unwrap();
    assert!(script.contains("DROP FUNCTION body(a integer, b text);"), "{script}");
}

#[test]
fn an_installer_that_ends_early_is_refused() {
    let error = compose(OLD, "CREATE FUNCTION half(a integer)").unwrap_err();
    assert!(error.contains("ends inside a statement"), "{error}");
}
