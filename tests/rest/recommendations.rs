//! Safety recommendations in the answer of an event.

use ntsb_tests::cli::run_ntsb_ok;
use ntsb_tests::database::Database;
use ntsb_tests::{fixture, wait_for};
use serde_json::json;

use crate::service::Service;

const EVENT: &str = "/api/v1/events/20240914902470";

#[test]
fn an_event_lists_its_safety_recommendations() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[]);
    service.wait_until_listening();
    assert_eq!(service.get(EVENT).json()["safety_recommendations"], json!([]));

    let page = fixture("recommendations/page.json");
    run_ntsb_ok(&database, &["load-recommendations", page.to_str().unwrap()]);
    // The load invalidates the cached answer.
    let found = wait_for("the recommendation", 5, || {
        let found = service.get(EVENT).json()["safety_recommendations"].clone();
        (found != json!([])).then_some(found)
    });
    assert_eq!(
        found,
        json!([{
            "rec_no": "A-21-007", "issued_on": "2021-06-15", "closed_on": null,
            "status": "Open - Await Response", "is_open": true, "subject": "Carburetor heat",
            "recommendation": "Require an inspection of the carburetor heat valve of Piper PA-28 airplanes.",
            "addressees": [
                {"addressee": "Federal Aviation Administration", "status": "Open - Await Response",
                 "is_open": true, "closed_on": null},
                {"addressee": "Piper Aircraft, Inc.", "status": "Open - Initial Response Received",
                 "is_open": true, "closed_on": null}
            ]
        }])
    );
}
