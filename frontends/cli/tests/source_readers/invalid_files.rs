//! Invalid files. Each is rejected with a message that contains advice.

use ntsb_cli::source::{Limits, Source};

use crate::fixtures::{Scratch, fixture_path, open, read_all, read_error, unpack_fixture};

#[test]
fn a_missing_file() {
    assert!(
        read_error(&Scratch::new().path().join("avall.zip")).contains("no such file or folder")
    );
}

#[test]
fn an_empty_file() {
    let message = read_error(&Scratch::new().file("avall.mdb", ""));
    assert!(message.contains("is empty (0 bytes)"), "{message}");
}

#[test]
fn a_file_in_another_format() {
    let message = read_error(&Scratch::new().file("avall.mdb", "<html>not found</html>"));
    assert!(message.contains("not an Access file; expected avall.zip"), "{message}");
    let message = read_error(&Scratch::new().file("events.csv", "ev_id\n"));
    assert!(message.contains("give the folder"), "{message}");
}

#[test]
fn an_access_file_of_an_unknown_version() {
    let mut bytes = unpack_fixture("up08NOV.zip");
    bytes[0x14] = 9;
    let message = read_error(&Scratch::new().file("avall.accdb", &bytes));
    assert!(message.contains("unknown version of Access (0x09)"), "{message}");
    assert!(message.contains("save it in the format of Access"), "{message}");
    // Access 97 has pages of half the size.
    bytes[0x14] = 0;
    let message = read_error(&Scratch::new().file("avall.mdb", &bytes));
    assert!(message.contains("is damaged"), "{message}");
}

#[test]
fn cases_in_utf16() {
    let text: Vec<u8> = "\u{FEFF}{\"mKey\": 1}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let message = read_error(&Scratch::new().file("cases.json", text));
    assert!(message.ends_with("cases.json: the file is UTF-16; save it as UTF-8"), "{message}");
}

#[test]
fn an_incomplete_download() {
    let scratch = Scratch::new();
    let bytes = unpack_fixture("up08NOV.zip");
    for length in [40, 1000, 4096, 4096 * 20, bytes.len() - 4096, bytes.len() - 1] {
        let message = read_error(&scratch.file("up.mdb", &bytes[..length]));
        let is_detected = ["is truncated", "is damaged"].iter().any(|text| message.contains(text));
        assert!(is_detected && message.contains("download it again"), "{length} bytes: {message}");
    }
    let zip = std::fs::read(fixture_path("up08NOV.zip")).unwrap();
    let message = read_error(&scratch.file("up.zip", &zip[..zip.len() / 2]));
    assert!(message.contains("cannot read the zip"), "{message}");
}

#[test]
fn a_zip_with_a_changed_byte() {
    let mut zip = std::fs::read(fixture_path("up08NOV.zip")).unwrap();
    let middle = zip.len() / 2;
    zip[middle] ^= 0x55;
    let message = read_error(&Scratch::new().file("up.zip", zip));
    assert!(message.contains("cannot read the zip"), "{message}");
}

#[test]
fn a_zip_with_no_or_several_access_files() {
    let scratch = Scratch::new();
    let message = read_error(&scratch.zip("a.zip", &[("readme.txt", b"hello")]));
    let expected = "contains neither an .mdb file nor cases as .json (it contains readme.txt)";
    assert!(message.contains(expected) && message.contains("use avall.zip"), "{message}");
    let message = read_error(&scratch.zip("b.zip", &[]));
    assert!(message.contains("it contains nothing"), "{message}");
    let message = read_error(&scratch.zip("c.zip", &[("a.mdb", b"x"), ("b.mdb", b"y")]));
    assert!(message.contains("several .mdb files (a.mdb, b.mdb)"), "{message}");
    let message =
        read_error(&scratch.zip("d.zip", &[("a.mdb", b"not access, just some text here")]));
    assert!(message.contains("not an Access file"), "{message}");
    let message = read_error(&scratch.zip("e.zip", &[("csv/events.csv", b"ev_id\n")]));
    assert!(message.contains("contains CSV files (csv/events.csv); unpack it"), "{message}");
    let message = read_error(&scratch.zip("f.zip", &[("a.json", b"not json")]));
    assert!(message.contains("not an Access file"), "{message}");
}

#[test]
fn a_zip_of_cases() {
    let scratch = Scratch::new();
    let case = std::fs::read_to_string(fixture_path("cases.json")).unwrap();
    let whole = read_all(&mut open(&fixture_path("cases.json")).unwrap()).unwrap();
    let zip = scratch.zip("export.zip", &[("cases2025-06-30_12-00.json", case.as_bytes())]);
    let mut source = open(&zip).unwrap();
    assert!(source.has_cases());
    assert!(read_all(&mut source).unwrap() == whole);
    // Several files without a final line break. The metadata file of macOS is ignored.
    let parts: Vec<&str> = case.trim_end().lines().collect();
    let names: Vec<_> = (0..parts.len()).map(|n| format!("part{n:03}.JSON")).collect();
    let mut entries: Vec<(&str, &[u8])> = vec![("__MACOSX/._part.json", b"x")];
    entries.extend(names.iter().zip(&parts).map(|(name, part)| (name.as_str(), part.as_bytes())));
    let zip = scratch.zip("parts.zip", &entries);
    assert!(read_all(&mut open(&zip).unwrap()).unwrap() == whole);
}

#[test]
fn a_zip_of_cases_that_exceeds_the_limit() {
    let scratch = Scratch::new();
    let blanks = vec![b' '; 700 << 10];
    let zip = scratch.zip("bomb.zip", &[("a.json", &blanks), ("b.json", &blanks)]);
    let message = Source::open(&zip, Limits { unpacked: 1 << 20 }).err().unwrap().to_string();
    assert!(message.contains("b.json unpacks to more than 1048576 bytes"), "{message}");
}

#[test]
fn a_flat_extract_or_a_prefixed_name() {
    let scratch = Scratch::new();
    let flat = "Event.Id,Accident.Number,Event.Date,Make\n1,WPR25FA902,2025-06-14,CESSNA\n";
    for path in [scratch.file("AviationData.csv", flat), scratch.path().to_owned()] {
        let message = read_error(&path);
        assert!(message.contains("AviationData.csv: flat extract"), "{message}");
        assert!(message.contains("avall.zip") && message.contains("JSON"), "{message}");
    }
    let other = Scratch::new();
    other.file("avall-events.csv", "ev_id,ntsb_no,ev_date\n");
    let message = read_error(other.path());
    assert!(
        message.contains("no events.csv, but found avall-events.csv; rename each file"),
        "{message}"
    );
}

#[test]
fn a_zip_that_exceeds_the_limits() {
    let small = Limits { unpacked: 1 << 20 };
    let message = Source::open(&fixture_path("sample.zip"), small).err().unwrap().to_string();
    assert!(message.contains("more than 1048576 bytes") && message.contains("--max-unpacked"));
    let scratch = Scratch::new();
    let zeros = vec![0; 80 << 20];
    let bomb = scratch.zip("bomb.zip", &[("a.mdb", &zeros)]);
    assert!(read_error(&bomb).contains("more than 200 times its packed size"));
    let zip = replace_size(&std::fs::read(bomb).unwrap(), 80 << 20, 1000);
    let message = read_error(&scratch.file("wrong_size.zip", zip));
    let is_detected = ["200 times", "cannot read the zip"].iter().any(|t| message.contains(t));
    assert!(is_detected, "{message}");
}

/// Replaces the declared size of a zip entry.
fn replace_size(zip: &[u8], size: u32, declared: u32) -> Vec<u8> {
    let mut zip = zip.to_vec();
    let matches: Vec<_> =
        zip.windows(4).enumerate().filter(|(_, w)| *w == size.to_le_bytes()).collect();
    let offsets: Vec<_> = matches.into_iter().map(|(offset, _)| offset).collect();
    assert!(!offsets.is_empty());
    for offset in offsets {
        zip[offset..offset + 4].copy_from_slice(&declared.to_le_bytes());
    }
    zip
}
