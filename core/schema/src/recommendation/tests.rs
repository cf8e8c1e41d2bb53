use super::*;

fn convert(record: &Value) -> Value {
    convert_recommendation(&record.to_string()).unwrap()
}

#[test]
fn a_record_is_read_by_its_names_in_any_case() {
    let record = json!({
        "safetyRecNo": "a-23-1", "Issued_Date": "2023-01-05T00:00:00", "closeDate": "2/28/2024",
        "SUBJECT": "Seat belts", "recommendationText": "Require &amp; inspect belts.",
        "overallStatus": "Closed—Acceptable Action",
        "addressees": [
            {"addresseeName": "FAA", "status": "Open - Await Response", "contact": "x"},
            {"addresseeName": "EASA", "status": "CLOSED -- Unacceptable Action", "closedDate": "2024-02-28"}
        ],
        "cases": [{"NtsbNumber": "era22fa001", "mKey": 104_000}, {"mkey": "104001"}],
        "priority": "urgent", "notes": "", "links": []
    });
    assert_eq!(
        convert(&record),
        json!({
            "rec_no": "A-23-001", "mode": "Aviation", "issued_on": "2023-01-05",
            "closed_on": "2024-02-28", "subject": "Seat belts", "text": "Require & inspect belts.",
            "status": "Closed - Acceptable Action", "is_open": false,
            "addressees": [
                {"addressee": "FAA", "status": "Open - Await Response", "is_open": true},
                {"addressee": "EASA", "status": "CLOSED - Unacceptable Action", "is_open": false,
                 "closed_on": "2024-02-28"}
            ],
            "events": [{"ntsb_no": "ERA22FA001", "mkey": 104_000}, {"mkey": 104_001}],
            "unknown": ["addressee.contact", "priority"]
        })
    );
}

#[test]
fn a_flat_record_has_one_addressee_with_its_status() {
    let record = json!({
        "SRID": "A-05-012", "Recommendation": "Inspect the wing spar.", "Addressee": "FAA",
        "Status": "Open - Acceptable Response", "ntsbNo": "DCA05MA001; DCA05MA002", "Mode": "Aviation"
    });
    let row = convert(&record);
    assert_eq!(
        row["addressees"],
        json!([{"addressee": "FAA", "status": "Open - Acceptable Response", "is_open": true}])
    );
    assert_eq!(row["events"], json!([{"ntsb_no": "DCA05MA001"}, {"ntsb_no": "DCA05MA002"}]));
    let pair = json!({"recNo": "A-05-12", "text": "x", "ntsbNumber": "DCA05MA001", "mkey": 61_000});
    assert_eq!(convert(&pair)["events"], json!([{"ntsb_no": "DCA05MA001", "mkey": 61_000}]));
}

#[test]
fn values_of_another_form_are_listed_and_not_guessed() {
    let record = json!({
        "recNo": "A-05-12", "text": "x", "issued": "next spring", "status": "Reconsidered",
        "subject": {"a": 1}, "ntsbNo": "none", "addressee": [7]
    });
    let row = convert(&record);
    assert_eq!(row["unknown"], json!(["addressee", "date next spring", "subject"]));
    assert_eq!(row.get("is_open"), None);
    assert_eq!(row["status"], "Reconsidered");
    assert_eq!((&row["events"], &row["addressees"]), (&json!([]), &json!([])));
}

#[test]
fn records_that_are_not_recommendations_are_rejected() {
    for record in ["", "[]", "{", "7"] {
        assert_eq!(convert_recommendation(record), Err(Rejection::NotAnObject), "{record}");
    }
    let reject = |record: Value| convert_recommendation(&record.to_string()).unwrap_err();
    for number in ["", "A-23", "23-001", "AB-23-001", "A-2023-1", "A-23-00001", "A-23-1-2"] {
        let found = reject(json!({"recNo": number, "text": "x"}));
        assert_eq!(found, Rejection::Number(number.into()));
    }
    assert_eq!(reject(json!({"recNo": "A-23-1"})), Rejection::NoText("A-23-001".into()));
    let highway = json!({"recNo": "H-23-1", "text": "x"});
    assert_eq!(reject(highway), Rejection::OtherMode("H-23-001".into()));
    assert_eq!(convert(&json!({"recNo": "I-23-1", "text": "x"}))["mode"], "Intermodal");
}

#[test]
fn dates_must_exist() {
    assert_eq!(values::date("2023-02-29"), None);
    assert_eq!(values::date("2/29/2024").as_deref(), Some("2024-02-29"));
    assert_eq!(values::date("2024-13-01"), None);
    assert_eq!(values::date("0001-01-01T00:00:00"), None);
}

proptest::proptest! {
    #[test]
    fn any_record_is_converted_or_rejected(
        text in "(?s).{0,80}",
        value in "\\PC{0,30}",
        name in proptest::sample::select(&[
            "recNo", "status", "issueDate", "addressee", "ntsbNo", "mkey", "cases", "text", "mode", "x",
        ][..]),
    ) {
        let _ = convert_recommendation(&text);
        let listed = json!({"recNo": "A-21-1", "subject": text, name: [value, {"name": value, "mKey": value}]});
        let single = json!({"recNo": "A-21-1", "subject": "x", name: value});
        for record in [listed, single] {
            if let Ok(row) = convert_recommendation(&record.to_string()) {
                let row = row.to_string();
                assert!(!row.contains("\\u0000") && !row.contains("null"), "{row}");
            }
        }
    }
}
