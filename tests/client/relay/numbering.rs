//! Numbering of predictions at the size of the real database.

use std::time::Instant;

use ntsb_tests::announce;
use ntsb_tests::database::Database;
use ntsb_tests::model::register_model;

#[test]
fn ninety_thousand_predictions_are_numbered_once() {
    let database = Database::empty_warehouse();
    let model = register_model(&database, 1, "Production", 0.4);
    database.execute(&format!(
        "INSERT INTO ntsb.event_key (ev_id, ev_year, lchg_batch)
         SELECT format('20200101X%s', lpad(n::text, 5, '0')), 2020, 1 FROM generate_series(1, 90000) n;
         INSERT INTO ntsb.predictions (ev_id, model_id, severity, confidence, probabilities, decided)
         SELECT ev_id, {model}, 'NONE', 0.5, '{{\"NONE\": 0.5, \"FATL\": 0.5}}', true FROM ntsb.event_key;
         ANALYZE ntsb.predictions"
    ));
    let mut client = database.connect();
    let mut seconds = |sql: &str| {
        let begin = Instant::now();
        client.batch_execute(sql).unwrap();
        begin.elapsed().as_secs_f64()
    };
    let first = seconds("SELECT ntsb_begin_relay('x', 'predictions')");
    let batch = "SELECT count(*) FROM ntsb_relay_batch('x', 'predictions', 500)";
    let again = seconds(batch).min(seconds(batch));
    seconds("SELECT ntsb_advance_relay('x', 'predictions', 89990, NULL)");
    let last = seconds(batch);
    assert_eq!(database.count_rows("ntsb.relay_prediction"), 90_000);
    assert!(last < 10.0, "{last} s");
    announce(&format!(
        "figure: relay numbered 90,000 predictions in {first:.2} s; a batch of 500 takes {again:.3} s, \
         the last one, which looks for more, {last:.3} s"
    ));
}
