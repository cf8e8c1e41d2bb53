use super::Case;

#[rustfmt::skip] // one case per line
pub const CASES: &[Case] = &[
    ("schema.not_an_ev_id", "events", "ev_id=20200101X00001", "ev_id=2020-0101"),
    ("schema.not_a_number", "events", "vis_sm=10", "vis_sm=ten"),
    ("schema.number_too_large", "events", "gust_kts=20", "gust_kts=70000"),
    ("schema.not_a_date", "flight_crew", "date_lst_med=2019-02-28", "date_lst_med=2019-02-29"),
    ("schema.not_a_time", "events", "ev_time=2359", "ev_time=9999"),
    ("schema.not_a_boolean", "flight_crew", "pilot_flying=1", "pilot_flying=perhaps"),
    ("schema.key_missing", "flight_crew", "crew_no=1", "crew_no="),
    ("schema.text_too_long", "events", "ev_city=Reno", "ev_city=A place with a name far longer than the fifty characters there are"),
    ("schema.text_far_too_long", "events", "ev_state=KANSAS", "ev_state=KANSAS AND NEVADA"),
    ("schema.aircraft_key_low", "aircraft", "aircraft_key=1", "aircraft_key=0"),
    ("schema.aircraft_key_high", "engines", "aircraft_key=3", "aircraft_key=33"),
    ("schema.crew_no_low", "flight_crew", "crew_no=1", "crew_no=0"),
    ("schema.occurrence_no_low", "events_sequence", "occurrence_no=1", "occurrence_no=0"),
    ("any.code_unlisted", "events", "light_cond=DAYL", "light_cond=GLOW"),
    ("any.code_unlisted", "events", "ev_state=OF", "ev_state=QQ"),
    ("any.spreadsheet_date", "aircraft", "acft_model=PA-28", "acft_model=28-Oct"),
    ("any.spreadsheet_date", "engines", "eng_model=IO-360", "eng_model=Mar-20"),
    ("any.changed_in_future", "narratives", "lchg_date=2025-10-30 12:00:00", "lchg_date=2026-10-30 12:00:00"),
];
