use super::Case;

#[rustfmt::skip] // one case per line
pub const CASES: &[Case] = &[
    ("flight_crew.number_high", "flight_crew", "crew_no=22", "crew_no=122"),
    ("flight_crew.age_low", "flight_crew", "crew_age=14", "crew_age=13"),
    ("flight_crew.age_high", "flight_crew", "crew_age=95", "crew_age=215"),
    ("flight_crew.sex_code", "flight_crew", "crew_sex=F", "crew_sex=X"),
    ("flight_crew.injury_code", "flight_crew", "crew_inj_level=NONE", "crew_inj_level=HURT"),
    ("flight_crew.medical_after_event", "flight_crew", "date_lst_med=2010-06-15; @ev_date=2010-06-15", "date_lst_med=2010-06-16; @ev_date=2010-06-15"),
    ("flight_crew.medical_in_childhood", "flight_crew", "date_lst_med=1990-06-16; crew_age=40; @ev_date=2010-06-15", "date_lst_med=1975-06-16; crew_age=40; @ev_date=2010-06-15"),
    ("flight_crew.review_after_event", "flight_crew", "bfr_date=2010-06-15; @ev_date=2010-06-15", "bfr_date=2011-06-16; @ev_date=2010-06-15"),
    ("flight_crew.date_in_future", "flight_crew", "ft_as_of=2025-10-30", "ft_as_of=2052-10-30"),
    ("flight_crew.seat_row_high", "flight_crew", "seat_occ_row=2", "seat_occ_row=200"),
    ("flight_crew.restraint_not_fitted", "flight_crew", "infl_rest_inst=Y; infl_rest_depl=Y", "infl_rest_inst=N; infl_rest_depl=Y"),
    ("flight_crew.age_unlikely", "flight_crew", "crew_age=92; crew_category=PASS", "crew_age=92; crew_category=PLT"),
    ("flight_crew.age_at_airline", "flight_crew", "crew_age=72; crew_category=PLT; @far_part=091", "crew_age=72; crew_category=PLT; @far_part=121"),
    ("flight_crew.sparse", "flight_crew", "crew_category=PLT; crew_age=40; crew_inj_level=NONE; med_certf=CL2; crew_res_state=KS", "crew_category=PLT"),
    ("flight_time.hours_negative", "flight_time", "flight_hours=0", "flight_hours=-3"),
    ("flight_time.hours_high", "flight_time", "flight_hours=31000", "flight_hours=310000"),
    ("flight_time.day_over_24", "flight_time", "flight_type=L24H; flight_hours=9", "flight_type=L24H; flight_hours=90"),
    ("flight_time.month_over_720", "flight_time", "flight_type=L30D; flight_hours=90", "flight_type=L30D; flight_hours=900"),
    ("flight_time.quarter_over_2160", "flight_time", "flight_type=L90D; flight_hours=250", "flight_type=L90D; flight_hours=2500"),
];
