//! Files that are not what they should be: each is refused with a message that says what to do.

use ntsb_cli::source::{Limits, Source};

use crate::files::{Scratch, error, fixture, open, read_all, unpacked};

#[test]
fn a_file_that_is_not_there() {
    assert!(error(&Scratch::new().path().join("avall.zip")).contains("no such file or folder"));
}

#[test]
fn a_file_without_a_byte() {
    let message = error(&Scratch::new().file("avall.mdb", ""));
    assert!(message.contains("is empty (0 bytes)"), "{message}");
}

#[test]
fn a_file_of_another_kind() {
    let message = error(&Scratch::new().file("avall.mdb", "<html>not found</html>"));
    assert!(message.contains("is not an Access file; give avall.zip"), "{message}");
    let message = error(&Scratch::new().file("events.csv", "ev_id\n"));
    assert!(message.contains("give the folder"), "{message}");
}

#[test]
fn an_access_file_of_another_version() {
    let mut bytes = unpacked("up08NOV.zip");
    bytes[0x14] = 9;
    let message = error(&Scratch::new().file("avall.accdb", &bytes));
    assert!(message.contains("of a version that nothing is known of (0x09)"), "{message}");
    assert!(message.contains("save it in the format of Access"), "{message}");
    // Pages of Access 97 are of half the size.
    bytes[0x14] = 0;
    let message = error(&Scratch::new().file("avall.mdb", &bytes));
    assert!(message.contains("is damaged"), "{message}");
}

#[test]
fn text_in_utf16() {
    let text: Vec<u8> = "\u{FEFF}{\"mKey\": 1}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let message = error(&Scratch::new().file("cases.json", text));
    assert!(message.ends_with("cases.json: is UTF-16; save it as UTF-8"), "{message}");
}

#[test]
fn a_download_that_broke_off() {
    let scratch = Scratch::new();
    let bytes = unpacked("up08NOV.zip");
    for length in [40, 1000, 4096, 4096 * 20, bytes.len() - 4096, bytes.len() - 1] {
        let message = error(&scratch.file("up.mdb", &bytes[..length]));
        let told = ["is truncated", "is damaged"].iter().any(|told| message.contains(told));
        assert!(told && message.contains("fetch"), "{length} bytes: {message}");
    }
    let zip = std::fs::read(fixture("up08NOV.zip")).unwrap();
    let message = error(&scratch.file("up.zip", &zip[..zip.len() / 2]));
    assert!(message.contains("the zip cannot be read"), "{message}");
}

#[test]
fn a_zip_with_a_changed_byte() {
    let mut zip = std::fs::read(fixture("up08NOV.zip")).unwrap();
    let middle = zip.len() / 2;
    zip[middle] ^= 0x55;
    let message = error(&Scratch::new().file("up.zip", zip));
    assert!(message.contains("the zip cannot be read"), "{message}");
}

#[test]
fn a_zip_with_no_or_several_access_files() {
    let scratch = Scratch::new();
    let message = error(&scratch.zip("a.zip", &[("readme.txt", b"hello")]));
    let none = "holds neither an .mdb file nor cases as .json (it holds readme.txt)";
    assert!(message.contains(none) && message.contains("give avall.zip"), "{message}");
    let message = error(&scratch.zip("b.zip", &[]));
    assert!(message.contains("it holds nothing"), "{message}");
    let message = error(&scratch.zip("c.zip", &[("a.mdb", b"x"), ("b.mdb", b"y")]));
    assert!(message.contains("several .mdb files (a.mdb, b.mdb)"), "{message}");
    let message = error(&scratch.zip("d.zip", &[("a.mdb", b"not access, just some text here")]));
    assert!(message.contains("is not an Access file"), "{message}");
    let message = error(&scratch.zip("e.zip", &[("csv/events.csv", b"ev_id\n")]));
    assert!(message.contains("holds CSV files (csv/events.csv); unpack it"), "{message}");
    let message = error(&scratch.zip("f.zip", &[("a.json", b"not json")]));
    assert!(message.contains("is not an Access file"), "{message}");
}

#[test]
fn a_zip_of_cases() {
    let scratch = Scratch::new();
    let case = std::fs::read_to_string(fixture("cases.json")).unwrap();
    let whole = read_all(&mut open(&fixture("cases.json")).unwrap()).unwrap();
    let zip = scratch.zip("export.zip", &[("cases2025-06-30_12-00.json", case.as_bytes())]);
    let mut source = open(&zip).unwrap();
    assert!(source.is_of_cases());
    assert!(read_all(&mut source).unwrap() == whole);
    // In parts, of which none ends with a line end; what macOS adds does not count.
    let parts: Vec<&str> = case.trim_end().lines().collect();
    let names: Vec<_> = (0..parts.len()).map(|n| format!("part{n:03}.JSON")).collect();
    let mut entries: Vec<(&str, &[u8])> = vec![("__MACOSX/._part.json", b"x")];
    entries.extend(names.iter().zip(&parts).map(|(name, part)| (name.as_str(), part.as_bytes())));
    let zip = scratch.zip("parts.zip", &entries);
    assert!(read_all(&mut open(&zip).unwrap()).unwrap() == whole);
}

#[test]
fn a_zip_of_cases_that_unpacks_to_too_much() {
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
        let message = error(&path);
        assert!(message.contains("AviationData.csv: is a flat extract"), "{message}");
        assert!(message.contains("avall.zip") && message.contains("JSON"), "{message}");
    }
    let other = Scratch::new();
    other.file("avall-events.csv", "ev_id,ntsb_no,ev_date\n");
    let message = error(other.path());
    assert!(
        message.contains("has no events.csv, but avall-events.csv; name each file"),
        "{message}"
    );
}

#[test]
fn a_zip_that_unpacks_to_too_much() {
    let small = Limits { unpacked: 1 << 20 };
    let message = Source::open(&fixture("sample.zip"), small).err().unwrap().to_string();
    assert!(message.contains("more than 1048576 bytes") && message.contains("--max-unpacked"));
    let scratch = Scratch::new();
    let zeros = vec![0; 80 << 20];
    let bomb = scratch.zip("bomb.zip", &[("a.mdb", &zeros)]);
    assert!(error(&bomb).contains("more than 200 times its packed size"));
    let liar = scratch.file("liar.zip", lie(&std::fs::read(bomb).unwrap(), 80 << 20, 1000));
    let message = error(&liar);
    let refused = ["200 times", "the zip cannot be read"].iter().any(|t| message.contains(t));
    assert!(refused, "{message}");
}

/// A zip that claims another size for its entry.
fn lie(zip: &[u8], size: u32, claim: u32) -> Vec<u8> {
    let mut zip = zip.to_vec();
    let places: Vec<_> =
        zip.windows(4).enumerate().filter(|(_, w)| *w == size.to_le_bytes()).collect();
    let places: Vec<_> = places.into_iter().map(|(at, _)| at).collect();
    assert!(!places.is_empty());
    for at in places {
        zip[at..at + 4].copy_from_slice(&claim.to_le_bytes());
    }
    zip
}
