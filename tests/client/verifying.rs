//! `ntsb verify`: what was done to the change log, and heads that were kept of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use ntsb_tests::database::Database;
use ntsb_tests::fixture;
use ntsb_tests::ntsb::{command, load, ntsb, printed};
use ntsb_tests::process::{Finished, run, succeed};
use serde_json::Value;
use tempfile::TempDir;

struct Keeper {
    folder: TempDir,
}

impl Keeper {
    fn new(database: &Database) -> Keeper {
        let keeper = Keeper { folder: tempfile::tempdir().unwrap() };
        printed(database, &["heads", "keygen", keeper.key().to_str().unwrap()]);
        keeper
    }

    fn key(&self) -> PathBuf {
        self.folder.path().join("key")
    }

    fn heads(&self) -> PathBuf {
        self.folder.path().join("heads.jsonl")
    }

    fn public(&self) -> PathBuf {
        self.folder.path().join("key.pub")
    }

    fn load(&self, database: &Database, file: &Path) {
        let mut command = command(&database.server, &database.name);
        command.env("NTSB_HEADS", self.heads()).env("NTSB_HEADS_KEY", self.key());
        command.arg("load").arg("--no-refresh").arg(file);
        let done = run(command);
        assert_eq!(done.code, Some(0), "{}", done.said());
    }

    fn verify(&self, database: &Database, more: &[&str]) -> Finished {
        let (heads, public) = (self.heads(), self.public());
        let against = ["verify", "--against", heads.to_str().unwrap()];
        let key = ["--public-key", public.to_str().unwrap()];
        ntsb(database, &[&against[..], &key[..], more].concat())
    }
}

/// The owner of the database changes an entry in the middle, and makes chain and journal fit.
const REWRITE: &str = "
    ALTER TABLE ntsb.change_log DISABLE TRIGGER append_only;
    UPDATE ntsb.change_log SET row_key = 'forged' WHERE seq = 2;
    DO $$
    DECLARE
        previous bytea;
        e record;
    BEGIN
        FOR e IN SELECT * FROM ntsb.change_log ORDER BY seq LOOP
            previous := ntsb_internal.chain_step(NULL, previous, e.batch_id, e.changed_at, e.table_name, e.row_key, e.ev_id,
                                        e.action, e.old_hash, e.new_hash, e.changes);
            UPDATE ntsb.change_log SET entry_hash = previous WHERE seq = e.seq;
        END LOOP;
        UPDATE ntsb.batch b SET chain_head = l.entry_hash FROM ntsb.change_log l WHERE l.seq = b.last_seq;
    END
    $$;
    ALTER TABLE ntsb.change_log ENABLE TRIGGER append_only";

#[test]
fn heads_kept_elsewhere_find_a_rewrite_by_the_owner() {
    let database = Database::blank();
    let keeper = Keeper::new(&database);
    keeper.load(&database, &fixture("up08NOV.zip"));
    let whole = keeper.verify(&database, &["--rows"]);
    assert_eq!(whole.code, Some(0), "{}", whole.said());
    assert!(whole.stdout.contains("Kept heads that agree with it: 1; their signatures are good"));

    database.execute(REWRITE);
    assert_eq!(database.count("ntsb_verify_change_log()"), 0, "log and journal agree");
    assert_eq!(ntsb(&database, &["verify"]).code, Some(0));
    let found = keeper.verify(&database, &[]);
    assert_eq!(found.code, Some(1), "{}", found.said());
    assert!(found.stdout.contains("another entry than when batch 1 ended"), "{}", found.stdout);
    // The rows themselves tell, too.
    let rows = ntsb(&database, &["verify", "--rows"]);
    assert_eq!(rows.code, Some(1), "{}", rows.said());
    assert!(rows.stdout.contains("in the log, but not stored"), "{}", rows.stdout);
}

#[test]
fn heads_are_signed_and_belong_to_their_database() {
    let database = Database::blank();
    let keeper = Keeper::new(&database);
    keeper.load(&database, &fixture("up08NOV.zip"));
    printed(
        &database,
        &[
            "heads",
            "write",
            "--heads",
            keeper.heads().to_str().unwrap(),
            "--heads-key",
            keeper.key().to_str().unwrap(),
        ],
    );
    let text = fs::read_to_string(keeper.heads()).unwrap();
    assert_eq!(text.lines().count(), 2, "{text}");
    let head: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    let stored: String = database.one("SELECT entry_hash FROM ntsb_change_log_head()");
    assert_eq!(head["entry_hash"], stored);
    assert_eq!(head["seq"], database.one::<i64>("SELECT max(seq) FROM ntsb.change_log"));
    assert_eq!(head["database"], database.name);

    // A line that somebody changed.
    fs::write(keeper.heads(), text.replacen(&stored[..4], "0000", 1)).unwrap();
    let forged = keeper.verify(&database, &[]);
    assert_eq!(forged.code, Some(1), "{}", forged.said());
    assert!(
        forged.stdout.contains("the signature of the head of batch 1 is wrong"),
        "{}",
        forged.stdout
    );

    // Another database has no head here, which is not the same as agreeing.
    fs::write(keeper.heads(), &text).unwrap();
    let other = Database::blank();
    load(&other, &["--no-refresh"], &fixture("up08NOV.zip"));
    let none = keeper.verify(&other, &[]);
    assert_eq!(none.code, Some(1), "{}", none.said());
    assert!(none.stdout.contains("holds no head of database"), "{}", none.stdout);
    // The same file loaded at another time is another log.
    let differs = keeper.verify(&other, &["--database", &database.name]);
    assert!(differs.stdout.contains("another entry than when batch 1 ended"), "{}", differs.stdout);
}

#[test]
fn openssl_verifies_a_head() {
    let database = Database::blank();
    let keeper = Keeper::new(&database);
    keeper.load(&database, &fixture("up08NOV.zip"));
    let script = r#"
import base64, json, sys
head = json.loads(open(sys.argv[1]).readline())
open(sys.argv[2] + "/signature", "wb").write(base64.b64decode(head.pop("signature")))
open(sys.argv[2] + "/text", "w").write(json.dumps(head, sort_keys=True))
"#;
    let folder = keeper.folder.path();
    let mut python = Command::new("python3");
    python.arg("-c").arg(script).arg(keeper.heads()).arg(folder);
    succeed(python);
    let mut openssl = Command::new("openssl");
    openssl.args(["pkeyutl", "-verify", "-rawin", "-pubin", "-inkey"]).arg(keeper.public());
    openssl.arg("-in").arg(folder.join("text")).arg("-sigfile").arg(folder.join("signature"));
    succeed(openssl);
    let mut read = Command::new("openssl");
    read.args(["pkey", "-noout", "-in"]).arg(keeper.key());
    succeed(read);
}

#[test]
fn a_load_without_a_key_for_its_heads_does_not_begin() {
    let database = Database::blank();
    let file = fixture("up08NOV.zip");
    for (arguments, why) in [
        (&["--heads", "/tmp/heads"][..], "--heads-key"),
        (&["--heads", "/tmp/heads", "--heads-key", "/no/such"][..], "/no/such: No such file"),
    ] {
        let done = ntsb(&database, &[&["load"], arguments, &[file.to_str().unwrap()]].concat());
        assert_eq!(done.code, Some(2), "{}", done.said());
        assert!(done.stderr.contains(why), "{}", done.stderr);
    }
    assert_eq!(database.count("ntsb.batch"), 0);
}

#[test]
fn rows_that_were_changed_behind_the_log_are_found() {
    let database = Database::with_sample();
    load(&database, &[], &fixture("up08NOV.zip"));
    let whole = ntsb(&database, &["verify", "--rows"]);
    assert_eq!(whole.code, Some(0), "{}", whole.said());
    for (change, why) in [
        (
            "UPDATE ntsb.events SET ev_city = 'ELSEWHERE' WHERE ev_id = (SELECT min(ev_id) FROM ntsb.events)",
            "does not follow from its columns",
        ),
        (
            "UPDATE ntsb.aircraft SET content_hash = '\\x00' WHERE ev_id = (SELECT min(ev_id) FROM ntsb.aircraft)",
            "another content_hash",
        ),
        (
            "DELETE FROM ntsb.findings WHERE ev_id = (SELECT min(ev_id) FROM ntsb.findings)",
            "in the log, but not stored",
        ),
        (
            "UPDATE ntsb.narratives SET withdrawn_batch = 1 WHERE ev_id = (SELECT min(ev_id) FROM ntsb.narratives)",
            "withdrawn here",
        ),
        (
            "INSERT INTO ntsb.country (country_code, content_hash, hash_version, first_batch, last_batch) SELECT 'ZZ9', content_hash, hash_version, 1, 1 FROM ntsb.country LIMIT 1",
            "stored, but not in the log",
        ),
    ] {
        let mut client = database.connect();
        client.batch_execute(change).unwrap_or_else(|e| panic!("{change}: {e:?}"));
        let found = ntsb(&database, &["verify", "--rows", "--output", "csv"]);
        assert_eq!(found.code, Some(1), "{change}: {}", found.said());
        assert!(found.stdout.contains(why), "{change}: {}", found.stdout);
        assert_eq!(ntsb(&database, &["verify"]).code, Some(0));
    }
}
