//! Invalid files of the FAA aircraft registry, and its download.

use std::fs;
use std::path::Path;
use std::time::Duration;

use ntsb_tests::cli::ntsb_command;
use ntsb_tests::database::Database;
use ntsb_tests::fixture;
use ntsb_tests::process::ChildProcess;
use ntsb_tests::web_server::{Reply, WebServer};

use super::registry::{load, load_ok, registry_folder, registry_zip};

/// Changes the text of a file.
type Edit = fn(String) -> Vec<u8>;

#[test]
fn an_invalid_file_is_refused_and_nothing_is_stored() {
    let (database, folder) = (Database::empty_warehouse(), tempfile::tempdir().unwrap());
    load_ok(&database, &registry_zip());
    let stored = "SELECT md5(string_agg(r::text, ',' ORDER BY registration_id)) || (SELECT digest FROM ntsb.source_state
        WHERE source = 'aircraft_registry') FROM ntsb.registration r";
    let before = database.query_value::<String>(stored);
    let refuse = |file: &Path, code: i32, message: &str| {
        let finished = load(&database, file, &[]);
        assert_eq!(finished.code, Some(code), "{}", finished.all_output());
        assert!(finished.stderr.contains(message), "no {message:?} in {}", finished.stderr);
        assert!(!finished.stderr.contains("FICTITIOUS"), "{}", finished.stderr);
        assert_eq!(database.query_value::<String>(stored), before, "{message}");
        for table in ["master", "deregistered", "type", "engine"] {
            assert_eq!(database.count_rows(&format!("ntsb_staging.registry_{table}")), 0);
        }
    };
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    let zip = fs::read(registry_zip()).unwrap();
    refuse(Path::new("/nonexistent/x.zip"), 3, "no such file");
    refuse(&write("empty.zip", b""), 3, "the file is empty");
    refuse(&write("cut.zip", &zip[..zip.len() / 2]), 3, "cannot read the zip");
    let mut damaged = zip.clone();
    damaged[200] ^= 0xFF;
    refuse(&write("damaged.zip", &damaged), 3, "cannot read the zip");
    refuse(&fixture("registry/MASTER.txt"), 3, "not the FAA aircraft registry: it is not a zip");
    refuse(&fixture("sample.zip"), 3, "it has no MASTER.txt");
    refuse(folder.path(), 3, "it has no MASTER.txt");

    // Folders with one invalid file.
    let cases: [(&str, Edit, i32, &str); 7] = [
        (
            "MASTER.txt",
            |t| t.replace("MFR MDL CODE", "MODEL").into(),
            3,
            "not a file of the FAA aircraft registry",
        ),
        ("DEREG.txt", |_| b"a,b\n1,2\n".to_vec(), 3, "not a file of the FAA aircraft registry"),
        ("ENGINE.txt", |_| Vec::new(), 3, "the file is empty"),
        (
            "MASTER.txt",
            |t| t.encode_utf16().flat_map(|c| c.to_le_bytes()).collect(),
            3,
            "the file is UTF-16",
        ),
        ("MASTER.txt", |t| [&t.as_bytes()[..t.len() - 700], b",\n"].concat(), 3, "the row has"),
        (
            "MASTER.txt",
            |t| t.split_inclusive('\n').take(1).collect::<String>().into(),
            1,
            "registry_master or registry_type is empty",
        ),
        (
            "MASTER.txt",
            |t| t.split_inclusive('\n').take(3).collect::<String>().into(),
            1,
            "2 registered aircraft, the stored registry 9",
        ),
    ];
    for (file, edit, code, message) in cases {
        let broken = registry_folder(|_, text| text);
        let path = broken.path().join(file);
        fs::write(&path, edit(fs::read_to_string(&path).unwrap())).unwrap();
        refuse(broken.path(), code, message);
    }
    // Windows-1252 in a value that is read.
    let broken = registry_folder(|_, text| text);
    let path = broken.path().join("MASTER.txt");
    let mut bytes = fs::read(&path).unwrap();
    let at = bytes.windows(8).position(|w| w == b"17270104").unwrap();
    bytes[at] = 0xE9;
    fs::write(&path, bytes).unwrap();
    refuse(broken.path(), 3, "line 5: the value of SERIAL NUMBER is not UTF-8");
    // Most rows without an N-number.
    let other = registry_folder(|name, text| match name {
        "MASTER.txt" => text.replace("\n1", "\n0"),
        _ => text,
    });
    refuse(other.path(), 1, "rows of MASTER.txt have no valid N-number");
}

#[test]
fn sync_downloads_and_loads_the_registry() {
    let (database, web) = (Database::empty_warehouse(), WebServer::start());
    let cache = tempfile::tempdir().unwrap();
    let sync = || {
        let mut command = ntsb_command(&database.server, &database.name);
        let url = format!("http://{}/database/ReleasableAircraft.zip", web.address);
        command.args([
            "sync",
            "--registry",
            "--from-registry",
            &url,
            "--attempts",
            "1",
            "--folder",
        ]);
        command.arg(cache.path());
        ChildProcess::start(command).finish_within(Duration::from_secs(60))
    };
    let path = "/database/ReleasableAircraft.zip";
    let body = fs::read(registry_zip()).unwrap();
    let file =
        |body: Vec<u8>, tag: &str| Reply::File { body, headers: vec![("ETag", tag.to_owned())] };
    web.set_replies(path, vec![file(body.clone(), "\"1\"")]);
    let first = sync();
    assert_eq!(first.code, Some(0), "{}", first.all_output());
    assert!(first.stdout.contains("9 registered"), "{}", first.all_output());
    assert_eq!(database.count_rows("ntsb.registration"), 11);

    let again = sync();
    assert_eq!(again.code, Some(0), "{}", again.all_output());
    assert!(again.stderr.contains("ReleasableAircraft.zip: unchanged"), "{}", again.stderr);
    assert!(again.stdout.contains("unchanged since it was loaded"), "{}", again.stdout);

    // A truncated zip replaces neither the downloaded file nor the stored registry.
    web.set_replies(path, vec![file(body[..body.len() / 2].to_vec(), "\"2\"")]);
    let damaged = sync();
    assert_eq!(damaged.code, Some(1), "{}", damaged.all_output());
    assert!(damaged.stderr.contains("the zip is damaged"), "{}", damaged.stderr);
    web.set_replies(
        path,
        vec![Reply::Response { status: 404, headers: Vec::new(), body: b"no".to_vec() }],
    );
    let missing = sync();
    assert!(
        missing.stderr.contains("the server has no file ReleasableAircraft.zip"),
        "{}",
        missing.stderr
    );
    assert_eq!(database.count_rows("ntsb.registration"), 11);
}
