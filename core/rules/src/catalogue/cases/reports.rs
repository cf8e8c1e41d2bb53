use super::Case;

#[rustfmt::skip] // one case per line
pub const CASES: &[Case] = &[
    ("ntsb_admin.state_code", "ntsb_admin", "rec_stat=P", "rec_stat=Q"),
    ("ntsb_admin.approved_before_event", "ntsb_admin", "approval_date=2011-06-15; @ev_date=2010-06-15", "approval_date=2009-06-15; @ev_date=2010-06-15"),
    ("ntsb_admin.approved_in_future", "ntsb_admin", "approval_date=2025-10-30", "approval_date=2052-10-30"),
    ("ntsb_admin.completed_without_approval", "ntsb_admin", "rec_stat=F", "rec_stat=B"),
    ("ntsb_admin.preliminary_long", "ntsb_admin", "rec_stat=P; @ev_date=2024-06-15", "rec_stat=P; @ev_date=2010-06-15"),
    ("narratives.empty", "narratives", "narr_cause=The pilot did not keep the nose up.", "lchg_date=2020-01-01 00:00:00"),
    ("narratives.short", "narratives", "narr_accp=The airplane struck a fence.", "narr_accp=See above."),
    ("narratives.cause_short", "narratives", "narr_cause=The pilot did not keep the nose up.", "narr_cause=."),
    ("dt_events.answer_unlisted", "dt_events", "col_name=wx_brief; code=TELE", "col_name=wx_brief; code=PIGN"),
    ("dt_aircraft.answer_unlisted", "dt_aircraft", "col_name=landing_gear0; code=SKI", "col_name=landing_gear; code=LEGS"),
    ("dt_flight_crew.answer_unlisted", "dt_flight_crew", "col_name=crew_rat_roto; code=HELI", "col_name=crew_cert_code; code=NONE"),
    ("case_record.utc_offset_implausible", "case_record", "utc_offset_hours=-5", "utc_offset_hours=-500"),
];
