use super::Case;

#[rustfmt::skip] // one case per line
pub const CASES: &[Case] = &[
    ("events.injury_code", "events", "ev_highest_injury=NONE", "ev_highest_injury=XXXX"),
    ("events.people_negative", "events", "inj_tot_n=0", "inj_tot_n=-1"),
    ("events.people_many", "events", "inj_tot_t=699", "inj_tot_t=6999"),
    // The total before 2020, without uninjured people.
    ("events.injury_sum", "events", "inj_tot_f=1; inj_tot_m=2; inj_tot_n=7; inj_tot_t=3", "inj_tot_f=1; inj_tot_m=2; inj_tot_n=7; inj_tot_t=4"),
    // The total since 2020, with uninjured people, and people on the ground counted separately.
    ("events.injury_sum", "events", "inj_tot_f=1; inj_tot_m=2; inj_tot_n=7; inj_tot_t=10", "inj_tot_f=1; inj_tot_m=2; inj_tot_n=7; inj_tot_t=99"),
    ("events.injury_sum", "events", "inj_tot_n=2; inj_f_grnd=10; inj_tot_t=12", "inj_tot_t=99"),
    ("events.ground_over_total", "events", "inj_f_grnd=2; inj_tot_f=2; inj_tot_t=2", "inj_f_grnd=3; inj_tot_f=2; inj_tot_t=2"),
    ("events.deaths_not_fatal", "events", "ev_highest_injury=FATL; inj_tot_f=1", "ev_highest_injury=SERS; inj_tot_f=1"),
    ("events.deaths_not_fatal", "events", "inj_tot_s=1", "inj_tot_f=1"),
    ("events.fatal_without_deaths", "events", "ev_highest_injury=FATL; inj_f_grnd=1; inj_tot_t=1", "ev_highest_injury=FATL; inj_tot_s=1; inj_tot_t=1"),
    ("events.injury_understated", "events", "ev_highest_injury=SERS; inj_tot_s=1", "ev_highest_injury=NONE; inj_tot_s=1"),
    ("events.injury_understated", "events", "ev_highest_injury=MINR; inj_tot_m=1", "ev_highest_injury=MINR; inj_tot_s=1"),
    ("events.injury_overstated", "events", "ev_highest_injury=SERS; inj_tot_s=1; inj_tot_t=1", "ev_highest_injury=SERS; inj_tot_m=1; inj_tot_t=1"),
    ("injury.level_code", "injury", "injury_level=TOTL", "injury_level=DEAD"),
    ("injury.people_negative", "injury", "inj_person_count=0", "inj_person_count=-2"),
    ("injury.people_many", "injury", "inj_person_count=560", "inj_person_count=5600"),
    ("injury.many_pilots", "injury", "inj_person_category=PAX; inj_person_count=40", "inj_person_category=PLT; inj_person_count=40"),
];
