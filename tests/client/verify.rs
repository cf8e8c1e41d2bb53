//! `ntsb verify` detects changes to the change log, also with signed heads stored outside the database.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use ntsb_tests::cli::{load, ntsb_command, run_ntsb, run_ntsb_ok};
use ntsb_tests::database::Database;
use ntsb_tests::fixture;
use ntsb_tests::process::{ProcessOutput, run, run_ok};
use serde_json::Value;
use tempfile::TempDir;

/// A folder outside the database with a signing key and signed heads.
struct HeadsFolder {
    folder: TempDir,
}

impl HeadsFolder {
    fn new(database: &Database) -> HeadsFolder {
        let heads_folder = HeadsFolder { folder: tempfile::tempdir().unwrap() };
        run_ntsb_ok(database, &["heads", "keygen", heads_folder.key().to_str().unwrap()]);
        heads_folder
    }

    fn key(&self) -> PathBuf {
        self.folder.path().join("key")
    }

    fn heads(&self) -> PathBuf {
        self.folder.path().join("heads.jsonl")
    }

    fn public_key(&self) -> PathBuf {
        self.folder.path().join("key.pub")
    }

    fn load(&self, database: &Database, file: &Path) {
        let mut command = ntsb_command(&database.server, &database.name);
        command.env("NTSB_HEADS", self.heads()).env("NTSB_HEADS_KEY", self.key());
        command.arg("load").arg("--no-refresh").arg(file);
        let finished = run(command);
        assert_eq!(finished.code, Some(0), "{}", finished.all_output());
    }

    fn verify(&self, database: &Database, more: &[&str]) -> ProcessOutput {
        let (heads, public_key) = (self.heads(), self.public_key());
        let verify_heads = ["verify", "--against", heads.to_str().unwrap()];
        let key = ["--public-key", public_key.to_str().unwrap()];
        run_ntsb(database, &[&verify_heads[..], &key[..], more].concat())
    }
}

/// What a hostile owner could do: change an entry, then recompute the hash chain and the chain heads of the batches.
const REWRITE_LOG: &str = "
    ALTER TABLE ntsb.change_log DISABLE TRIGGER append_only;
    UPDATE ntsb.change_log SET row_key = 'forged' WHERE seq = 2;
    DO $$
    DECLARE
        previous bytea;
        e record;
    BEGIN
        FOR e IN SELECT * FROM ntsb.change_log ORDER BY seq LOOP
            previous := ntsb_internal.chain_hash_step(NULL, previous, e.batch_id, e.changed_at, e.table_name, e.row_key, e.ev_id,
                                        e.action, e.old_hash, e.new_hash, e.changes);
            UPDATE ntsb.change_log SET entry_hash = previous WHERE seq = e.seq;
        END LOOP;
        UPDATE ntsb.batch b SET chain_head = l.entry_hash FROM ntsb.change_log l WHERE l.seq = b.last_seq;
    END
    $$;
    ALTER TABLE ntsb.change_log ENABLE TRIGGER append_only";

#[test]
fn heads_outside_the_database_reveal_a_rewrite_by_the_owner() {
    let database = Database::empty_warehouse();
    let heads_folder = HeadsFolder::new(&database);
    heads_folder.load(&database, &fixture("up08NOV.zip"));
    let intact = heads_folder.verify(&database, &["--rows"]);
    assert_eq!(intact.code, Some(0), "{}", intact.all_output());
    assert!(intact.stdout.contains("Matching heads: 1, signatures valid."));

    database.execute(REWRITE_LOG);
    assert_eq!(
        database.count_rows("ntsb_verify_change_log()"),
        0,
        "the change log and the batches must agree"
    );
    assert_eq!(run_ntsb(&database, &["verify"]).code, Some(0));
    let found = heads_folder.verify(&database, &[]);
    assert_eq!(found.code, Some(1), "{}", found.all_output());
    assert!(
        found.stdout.contains("the entry differs from the head of batch 1"),
        "{}",
        found.stdout
    );
    // The comparison with the rows reveals it, too.
    let rows = run_ntsb(&database, &["verify", "--rows"]);
    assert_eq!(rows.code, Some(1), "{}", rows.all_output());
    assert!(rows.stdout.contains("in the log, but not stored"), "{}", rows.stdout);
}

#[test]
fn heads_are_signed_and_belong_to_their_database() {
    let database = Database::empty_warehouse();
    let heads_folder = HeadsFolder::new(&database);
    heads_folder.load(&database, &fixture("up08NOV.zip"));
    run_ntsb_ok(
        &database,
        &[
            "heads",
            "write",
            "--heads",
            heads_folder.heads().to_str().unwrap(),
            "--heads-key",
            heads_folder.key().to_str().unwrap(),
        ],
    );
    let text = fs::read_to_string(heads_folder.heads()).unwrap();
    assert_eq!(text.lines().count(), 2, "{text}");
    let head: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    let stored: String = database.query_value("SELECT entry_hash FROM ntsb_change_log_head()");
    assert_eq!(head["entry_hash"], stored);
    assert_eq!(head["seq"], database.query_value::<i64>("SELECT max(seq) FROM ntsb.change_log"));
    assert_eq!(head["database"], database.name);

    // A head that was changed.
    fs::write(heads_folder.heads(), text.replacen(&stored[..4], "0000", 1)).unwrap();
    let forged = heads_folder.verify(&database, &[]);
    assert_eq!(forged.code, Some(1), "{}", forged.all_output());
    assert!(
        forged.stdout.contains("the signature of the head of batch 1 is invalid"),
        "{}",
        forged.stdout
    );

    // A missing head for a database is not a success.
    fs::write(heads_folder.heads(), &text).unwrap();
    let other = Database::empty_warehouse();
    load(&other, &["--no-refresh"], &fixture("up08NOV.zip"));
    let none = heads_folder.verify(&other, &[]);
    assert_eq!(none.code, Some(1), "{}", none.all_output());
    assert!(none.stdout.contains("contains no head of database"), "{}", none.stdout);
    // The same file loaded at another time gives another log.
    let differs = heads_folder.verify(&other, &["--database", &database.name]);
    assert!(
        differs.stdout.contains("the entry differs from the head of batch 1"),
        "{}",
        differs.stdout
    );
}

#[test]
fn openssl_verifies_a_head() {
    let database = Database::empty_warehouse();
    let heads_folder = HeadsFolder::new(&database);
    heads_folder.load(&database, &fixture("up08NOV.zip"));
    let script = r#"
import base64, json, sys
head = json.loads(open(sys.argv[1]).readline())
open(sys.argv[2] + "/signature", "wb").write(base64.b64decode(head.pop("signature")))
open(sys.argv[2] + "/text", "w").write(json.dumps(head, sort_keys=True))
"#;
    let folder = heads_folder.folder.path();
    let mut python = Command::new("python3");
    python.arg("-c").arg(script).arg(heads_folder.heads()).arg(folder);
    run_ok(python);
    let mut openssl = Command::new("openssl");
    openssl
        .args(["pkeyutl", "-verify", "-rawin", "-pubin", "-inkey"])
        .arg(heads_folder.public_key());
    openssl.arg("-in").arg(folder.join("text")).arg("-sigfile").arg(folder.join("signature"));
    run_ok(openssl);
    let mut read = Command::new("openssl");
    read.args(["pkey", "-noout", "-in"]).arg(heads_folder.key());
    run_ok(read);
}

#[test]
fn a_load_with_heads_but_no_key_does_not_start() {
    let database = Database::empty_warehouse();
    let file = fixture("up08NOV.zip");
    for (arguments, message) in [
        (&["--heads", "/tmp/heads"][..], "--heads-key"),
        (&["--heads", "/tmp/heads", "--heads-key", "/no/such"][..], "/no/such: No such file"),
    ] {
        let finished =
            run_ntsb(&database, &[&["load"], arguments, &[file.to_str().unwrap()]].concat());
        assert_eq!(finished.code, Some(2), "{}", finished.all_output());
        assert!(finished.stderr.contains(message), "{}", finished.stderr);
    }
    assert_eq!(database.count_rows("ntsb.batch"), 0);
}

#[test]
fn rows_changed_without_a_log_entry_are_found() {
    let database = Database::with_sample();
    load(&database, &[], &fixture("up08NOV.zip"));
    let intact = run_ntsb(&database, &["verify", "--rows"]);
    assert_eq!(intact.code, Some(0), "{}", intact.all_output());
    for (change, message) in [
        (
            "UPDATE ntsb.events SET ev_city = 'ELSEWHERE' WHERE ev_id = (SELECT min(ev_id) FROM ntsb.events)",
            "the content_hash does not match the columns",
        ),
        (
            "UPDATE ntsb.aircraft SET content_hash = '\\x00' WHERE ev_id = (SELECT min(ev_id) FROM ntsb.aircraft)",
            "the stored content_hash differs",
        ),
        (
            "DELETE FROM ntsb.findings WHERE ev_id = (SELECT min(ev_id) FROM ntsb.findings)",
            "in the log, but not stored",
        ),
        (
            "UPDATE ntsb.narratives SET withdrawn_batch = 1 WHERE ev_id = (SELECT min(ev_id) FROM ntsb.narratives)",
            "withdrawn in the table and not in the log",
        ),
        (
            "INSERT INTO ntsb.country (country_code, content_hash, hash_version, first_batch, last_batch) SELECT 'ZZ9', content_hash, hash_version, 1, 1 FROM ntsb.country LIMIT 1",
            "stored, but not in the log",
        ),
    ] {
        let mut client = database.connect();
        client.batch_execute(change).unwrap_or_else(|e| panic!("{change}: {e:?}"));
        let found = run_ntsb(&database, &["verify", "--rows", "--output", "csv"]);
        assert_eq!(found.code, Some(1), "{change}: {}", found.all_output());
        assert!(found.stdout.contains(message), "{change}: {}", found.stdout);
        assert_eq!(run_ntsb(&database, &["verify"]).code, Some(0));
    }
}
